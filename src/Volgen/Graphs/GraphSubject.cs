using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>For what a graph is built.</summary>
/// <param name="Pool">The pool.</param>
public sealed record GraphSubject(Pool Pool)
{
    /// <summary>Fact: connections to units are encrypted.</summary>
    public const string Tls = "tls";

    /// <summary>Fact: the client is the pool's own, and tells its units the pool's credentials.</summary>
    public const string Trusted = "trusted";

    /// <summary>The one unit whose own graph it is; null for graphs over the whole pool.</summary>
    public PoolMember? Unit { get; init; }

    /// <summary>Facts besides those that follow from the pool, such as <see cref="Tls"/>.</summary>
    public ImmutableHashSet<string> Facts { get; init; } = [];

    /// <summary>Names by which clients are to reach nodes, by the nodes' own; a node that is not in it keeps its name.</summary>
    public ImmutableDictionary<string, string> Hosts { get; init; } = ImmutableDictionary<string, string>.Empty;
}
