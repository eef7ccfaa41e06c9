using System.Collections.Immutable;

namespace KadaluFsd.Volgen.Graphs;

/// <summary>
/// When a layer or an option is there: any of several lists of facts, each of which must hold; <c>!</c> before a fact turns it
/// round.
/// </summary>
/// <param name="Alternatives">The lists.</param>
public sealed record GraphCondition(ImmutableArray<ImmutableArray<string>> Alternatives)
{
    /// <summary>Holds always.</summary>
    public static GraphCondition Always { get; } = new([[]]);

    /// <summary>Reads alternatives.</summary>
    /// <param name="alternatives">Each a list of facts with spaces between, such as <c>mirror !tie-breaker</c>.</param>
    public static GraphCondition Parse(params IEnumerable<string> alternatives) =>
        new([.. alternatives.Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray())]);

    /// <summary>Whether it holds.</summary>
    public bool Holds(IReadOnlySet<string> facts) =>
        Alternatives.Any(list => list.All(fact => fact.StartsWith('!') ? !facts.Contains(fact[1..]) : facts.Contains(fact)));

    /// <inheritdoc/>
    public bool Equals(GraphCondition? other) =>
        other is not null && Alternatives.Select(Text).SequenceEqual(other.Alternatives.Select(Text));

    /// <inheritdoc/>
    public override int GetHashCode() => Alternatives.Length;

    private static string Text(ImmutableArray<string> list) => string.Join(' ', list);
}
