using System.Buffers;
using System.Text;

namespace KadaluFsd.Volgen;

/// <summary>Prints volfiles in the form that glusterd and Kadalu write: four spaces before each line inside a block.</summary>
public static class VolfilePrinter
{
    private static readonly SearchValues<char> s_needQuotes = SearchValues.Create(" \t\r\n\"\\");

    /// <summary>Prints a volfile.</summary>
    public static string Print(Volfile volfile)
    {
        var text = new StringBuilder();
        foreach (Volume volume in volfile.Volumes)
        {
            text.Append(volume.Preamble);
            text.Append("volume ").Append(Quote(volume.Name)).Append('\n');
            text.Append("    type ").Append(Quote(volume.Type)).Append('\n');
            foreach (VolfileOption option in volume.Options)
            {
                text.Append("    option ").Append(Quote(option.Key)).Append(' ');
                text.Append(option.IsQuoted ? InQuotes(option.Value) : Quote(option.Value)).Append('\n');
            }

            if (!volume.Subvolumes.IsEmpty)
            {
                text.Append("    subvolumes ").AppendJoin(' ', volume.Subvolumes.Select(Quote)).Append('\n');
            }

            text.Append("end-volume");
        }

        return text.Append(volfile.Epilogue).ToString();
    }

    private static string Quote(string word)
    {
        bool isPlain = word.Length > 0 &&
            word[0] != '#' && !VolfileLexer.IsKeyword(word) && !word.AsSpan().ContainsAny(s_needQuotes);
        return isPlain ? word : InQuotes(word);
    }

    private static string InQuotes(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
