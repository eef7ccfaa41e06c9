using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// The condition under which a layer or an option exists: any of several lists of facts, all of which must hold; <c>!</c> negates
/// a fact.
/// </summary>
/// <param name="Alternatives">The lists.</param>
public sealed record GraphCondition(ImmutableArray<ImmutableArray<string>> Alternatives)
{
    /// <summary>Every fact there is; kadalu-graphs(5) has their meanings.</summary>
    public static ImmutableHashSet<string> Facts { get; } =
    [
        "distribute", "mirror", "arbiter", "disperse", "several-groups", "lone-unit", "distribute-layer", "tie-breaker",
        "credentials", "data-unit", "arbiter-unit", "tie-breaker-unit", "node-id", GraphSubject.Tls, GraphSubject.Trusted,
    ];

    /// <summary>The condition that always holds.</summary>
    public static GraphCondition Always { get; } = new([[]]);

    /// <summary>Parses a condition.</summary>
    /// <param name="alternatives">Lists of facts, separated by spaces, such as <c>mirror !tie-breaker</c>.</param>
    public static GraphCondition Parse(params IEnumerable<string> alternatives) =>
        new([.. alternatives.Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray())]);

    /// <summary>A fact of it that there is not; null if there is none such.</summary>
    internal string? FindUnknown() =>
        Alternatives.SelectMany(list => list).Select(fact => fact.StartsWith('!') ? fact[1..] : fact)
        .FirstOrDefault(fact => !Facts.Contains(fact));

    /// <summary>Whether the condition holds.</summary>
    public bool Holds(IReadOnlySet<string> facts) =>
        Alternatives.Any(list => list.All(fact => fact.StartsWith('!') ? !facts.Contains(fact[1..]) : facts.Contains(fact)));

    /// <inheritdoc/>
    public bool Equals(GraphCondition? other) =>
        other is not null && Alternatives.Select(Text).SequenceEqual(other.Alternatives.Select(Text));

    /// <inheritdoc/>
    public override int GetHashCode() => Alternatives.Length;

    private static string Text(ImmutableArray<string> list) => string.Join(' ', list);
}
