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

    /// <summary>The pool option that adds or removes it, or that its <see cref="Setting"/> follows; null for none.</summary>
    public string? Switch { get; init; }

    /// <summary>
    /// The option of the translator by which the <see cref="Switch"/> takes effect: the layer is always there then, and is switched
    /// in a running process. Null where the switch adds and removes the layer.
    /// </summary>
    public LayerSetting? Setting { get; init; }

    /// <summary>Whether its <see cref="Switch"/> is off where a pool says nothing of it.</summary>
    public bool IsOff { get; init; }

    /// <summary>Its options, in order.</summary>
    public ImmutableArray<GraphOption> Options { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(GraphLayer? other) =>
        other is not null &&
        Name == other.Name && Type == other.Type && Scope == other.Scope && Equals(When, other.When) && Switch == other.Switch &&
        Setting == other.Setting && IsOff == other.IsOff && Options.SequenceEqual(other.Options);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Scope);
}

/// <summary>An option of a translator that a switch is the value of.</summary>
/// <param name="Key">Its name, such as <c>worm</c>.</param>
/// <param name="IsOpposite">Whether it is on while the switch is off, as <c>pass-through</c> is.</param>
public sealed record LayerSetting(string Key, bool IsOpposite);

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
