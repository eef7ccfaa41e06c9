using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// One translator of a graph document. Texts may have <c>{places}</c> in them that are filled in for each volume
/// (<see cref="GraphBuilder"/>).
/// </summary>
/// <param name="Name">The volume's name.</param>
/// <param name="Type">The translator, such as <c>performance/md-cache</c>.</param>
/// <param name="Scope">How often it is there.</param>
public sealed record GraphLayer(string Name, string Type, GraphScope Scope)
{
    /// <summary>When it is there.</summary>
    public GraphCondition When { get; init; } = GraphCondition.Always;

    /// <summary>The pool option that takes it in or out; null for a layer that no option does.</summary>
    public string? Switch { get; init; }

    /// <summary>Whether it is left out until its <see cref="Switch"/> is on.</summary>
    public bool IsOff { get; init; }

    /// <summary>Its options, in order.</summary>
    public ImmutableArray<GraphOption> Options { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(GraphLayer? other) =>
        other is not null &&
        Name == other.Name && Type == other.Type && Scope == other.Scope && Equals(When, other.When) && Switch == other.Switch &&
        IsOff == other.IsOff && Options.SequenceEqual(other.Options);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Scope);
}

/// <summary>An option of a layer.</summary>
/// <param name="Key">Its name; may have places.</param>
/// <param name="Value">Its value; may have places.</param>
/// <param name="When">When it is set.</param>
public sealed record GraphOption(string Key, string Value, GraphCondition When);

/// <summary>How often a layer is there. Layers of a document stand in this order.</summary>
public enum GraphScope
{
    /// <summary>For each storage unit: above the unit's layer before it, or at the bottom.</summary>
    Unit,

    /// <summary>For the pool's tie-breaker, if it has one.</summary>
    TieBreaker,

    /// <summary>For each distribute group: above its units (and the tie-breaker), or the group's layer before it.</summary>
    Group,

    /// <summary>Once: above the groups, or the pool's layer before it.</summary>
    Pool,
}
