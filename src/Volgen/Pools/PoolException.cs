using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Pools;

/// <summary>A pool that cannot be, with every reason.</summary>
/// <param name="problems">The reasons, at least one, each a sentence without its full stop.</param>
public sealed class PoolException(params ImmutableArray<string> problems) : Exception(string.Join("; ", problems))
{
    /// <summary>The reasons.</summary>
    public ImmutableArray<string> Problems { get; } = problems;
}
