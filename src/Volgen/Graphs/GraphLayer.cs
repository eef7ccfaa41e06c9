using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>One translator of a graph document. Texts may contain <c>{placeholders}</c> (<see cref="GraphBuilder"/>).</summary>
/// <param name="Name">The volume's name.</param>
/// <param name="Type">The translator, such as <c>performance/md-cache</c>.</param>
/// <param name="Scope">How often it exists.</param>
public sealed record GraphLayer(string Name, string Type, GraphScope Scope)
{
    /// <summary>The condition under which it exists.</summary>
    public GraphCondition When { get; init; } = GraphCondition.Always;

    /// <summary>The pool option that adds or removes it; null for none.</summary>
    public string? Switch { get; init; }

    /// <summary>Whether it does not exist until its <see cref="Switch"/> is on.</summary>
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
/// <param name="Key">Its name; may contain placeholders.</param>
/// <param name="Value">Its value; may contain placeholders.</param>
/// <param name="When">The condition under which it is set.</param>
public sealed record GraphOption(string Key, string Value, GraphCondition When);

/// <summary>How often a layer exists. Layers of a document are in this order.</summary>
public enum GraphScope
{
    /// <summary>Once for each storage unit: above the unit's previous layer, or at the bottom.</summary>
    Unit,

    /// <summary>Once for the pool's tie-breaker, if it has one.</summary>
    TieBreaker,

    /// <summary>Once for each group: above its units (and the tie-breaker), or the group's previous layer.</summary>
    Group,

    /// <summary>Once: above the groups, or the pool's previous layer.</summary>
    Pool,
}
