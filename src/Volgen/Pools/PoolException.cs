using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Pools;

/// <summary>A pool that cannot be, with every reason.</summary>
/// <param name="problems">The reasons, at least one, each a sentence without its full stop; what is longer than people read is
/// cut.</param>
public sealed class PoolException(params ImmutableArray<string> problems) : Exception(string.Join("; ", Limit(problems)))
{
    private const int MaxProblems = 20;
    private const int MaxProblem = 600;

    /// <summary>The reasons.</summary>
    public ImmutableArray<string> Problems { get; } = Limit(problems);

    private static ImmutableArray<string> Limit(ImmutableArray<string> problems) =>
    [
        .. problems.Take(MaxProblems).Select(problem => Excerpt.Of(problem, MaxProblem)),
        .. problems.Length > MaxProblems ? [$"and {problems.Length - MaxProblems} more"] : Array.Empty<string>(),
    ];
}
