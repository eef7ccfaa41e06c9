using System.Text.RegularExpressions;

namespace KadaluFsd.Reference;

/// <summary>Texts in the language of man(7).</summary>
internal static partial class Roff
{
    /// <summary>A text in which nothing means anything to troff, one sentence a line. Every hyphen can be copied into a shell.</summary>
    internal static string Text(string text)
    {
        string escaped = SentenceEnd().Replace(Word(text), ".\n");
        return string.Join('\n', escaped.Split('\n').Select(line => line.StartsWith('.') || line.StartsWith('\'') ? $"\\&{line}" : line));
    }

    /// <summary>A text in bold, to be written as it is.</summary>
    internal static string Bold(string text) => $"\\fB{Word(text)}\\fR";

    /// <summary>A placeholder.</summary>
    internal static string Italic(string text) => $"\\fI{Word(text)}\\fR";

    private static string Word(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);

    [GeneratedRegex(@"\. (?=[A-Z])")]
    private static partial Regex SentenceEnd();
}
