using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Pools;

/// <summary>A pool definition is invalid.</summary>
/// <param name="problems">All reasons, at least one, each a sentence without its full stop; very long ones are cut.</param>
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
