using System.Text.RegularExpressions;
using CsCheck;

namespace KadaluFsd.Volgen.Tests;

/// <summary>A text that would be understood, but for a few changes.</summary>
/// <param name="Name">What it was.</param>
/// <param name="Text">What it is.</param>
/// <param name="Changes">What was done to it, first to last.</param>
internal sealed partial record ChangedText(string Name, string Text, IReadOnlyList<TextChange> Changes)
{
    // Enough to get past one check and meet the next.
    private const int MostChanges = 3;

    private const int MostTaken = 12;

    /// <summary>One of these texts, changed.</summary>
    /// <param name="pieces">What is put in: what the text's language is made of, and what it must not have.</param>
    internal static Gen<ChangedText> AnyOf(IEnumerable<(string Name, string Text)> texts, string[] pieces) =>
        Gen.OneOf([.. texts.Select(text => Of(text.Name, text.Text, pieces))]);

    public override string ToString() => $"{Name}: {string.Join(", then ", Changes)}";

    // Whole words, so that much of it is still understood, or anything.
    private static Gen<ChangedText> Of(string name, string text, string[] pieces) =>
        Gen.Select(
            Gen.OneOf(
                Gen.OneOf([.. Word().Matches(text).Select(word => (word.Index, word.Length))]),
                Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, MostTaken])),
            Gen.OneOf(pieces))
            .Select((place, piece) => new TextChange(place.Item1, place.Item2, piece)).Array[1, MostChanges]
            .Select(changes => new ChangedText(name, changes.Aggregate(text, (now, change) => change.Apply(now)), changes));

    [GeneratedRegex(@"\S+")]
    private static partial Regex Word();
}

/// <summary>A piece in the place of some characters, which may be none.</summary>
internal readonly record struct TextChange(int At, int Taken, string Piece)
{
    internal string Apply(string text)
    {
        int at = Math.Min(At, text.Length);
        return text[..at] + Piece + text[Math.Min(at + Taken, text.Length)..];
    }

    public override string ToString() => $"at {At} \"{Piece}\" for {Taken} characters";
}
