using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>What a graph is built for.</summary>
/// <param name="Pool">The pool.</param>
public sealed record GraphSubject(Pool Pool)
{
    /// <summary>Fact: connections to units are encrypted.</summary>
    public const string Tls = "tls";

    /// <summary>Fact: the client is one of the pool's own, and uses the pool's credentials.</summary>
    public const string Trusted = "trusted";

    /// <summary>The unit whose graph it is; null for graphs of the whole pool.</summary>
    public PoolMember? Unit { get; init; }

    /// <summary>Further facts, such as <see cref="Tls"/>.</summary>
    public ImmutableHashSet<string> Facts { get; init; } = [];

    /// <summary>Host names for clients, by name of node; other nodes keep their names.</summary>
    public ImmutableDictionary<string, string> Hosts { get; init; } = ImmutableDictionary<string, string>.Empty;
}
