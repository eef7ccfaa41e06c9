using System.Buffers;
using System.Collections.Immutable;

namespace KadaluFsd.Volgen;

/// <summary>Parses volfiles by the grammar of libglusterfs/src/graph.y.</summary>
/// <remarks>
/// A block has its type first, then at least one option or subvolume, and names its subvolumes once. Stricter than GlusterFS for
/// safety: backticks, which it executes as shell commands, and empty values, which it silently drops, are rejected.
/// </remarks>
public static class VolfileParser
{
    /// <summary>Longest volfile parsed, in characters.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    // The only translator that is in no category's directory. Kadalu's operator puts it on top of clients' graphs.
    private const string Meta = "meta";

    private static readonly SearchValues<char> s_plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>Parses a volfile.</summary>
    /// <returns>The volfile; printing it returns <paramref name="text"/> if that has the usual form.</returns>
    /// <exception cref="VolfileException">The text is not a volfile; says in which line, and why.</exception>
    public static Volfile Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new VolfileException(0, $"{text.Length} characters where at most {MaxLength} are allowed");
        }

        // GlusterFS executes what is between backticks as a shell command, in comments and quotes too.
        int backtick = text.IndexOf('`', StringComparison.Ordinal);
        if (backtick >= 0)
        {
            throw new VolfileException(
                1 + text.AsSpan(0, backtick).Count('\n'), "a backtick, behind which GlusterFS would run a shell command");
        }

        var lexer = new VolfileLexer(text);
        var volumes = ImmutableArray.CreateBuilder<Volume>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        int end = 0;
        for (VolfileToken token = lexer.Next(); token.Kind != VolfileTokenKind.EndOfText; token = lexer.Next())
        {
            if (token.Kind != VolfileTokenKind.VolumeBegin)
            {
                throw new VolfileException(token.Line, $"\"{token.Text}\" where a volume was expected to begin");
            }

            Volume volume = ParseVolume(ref lexer, token, names, ref end, text);
            names.Add(volume.Name);
            volumes.Add(volume);
        }

        return volumes.Count > 0
            ? new Volfile(volumes.ToImmutable(), text[end..])
            : throw new VolfileException(0, "no volume in it");
    }

    // The line end of a block belongs to it, so that a preamble has only what is between two blocks.
    private static Volume ParseVolume(
        ref VolfileLexer lexer, VolfileToken begin, HashSet<string> earlier, ref int end, string text)
    {
        VolfileToken name = Expect(ref lexer, "a volume's name");
        if (earlier.Contains(name.Text))
        {
            throw new VolfileException(name.Line, $"volume {name.Text} is defined twice");
        }

        string preamble = text[end..begin.Start];
        string? type = null;
        var options = ImmutableArray.CreateBuilder<VolfileOption>();
        var subvolumes = ImmutableArray.CreateBuilder<string>();
        VolfileToken token = lexer.Next();
        if (token.Kind == VolfileTokenKind.Type)
        {
            type = ParseType(ref lexer);
            token = lexer.Next();
        }
        else if (token.Kind is not VolfileTokenKind.EndOfText)
        {
            throw new VolfileException(token.Line, $"\"{token.Text}\" where the type of volume {name.Text} was expected");
        }

        while (token.Kind != VolfileTokenKind.VolumeEnd)
        {
            switch (token.Kind)
            {
                case VolfileTokenKind.Option:
                    VolfileToken key = Expect(ref lexer, "an option's name");
                    VolfileToken value = Expect(ref lexer, $"a value for option {key.Text}");
                    options.Add(new VolfileOption(key.Text, value.Text, value.Kind == VolfileTokenKind.QuotedText));
                    token = lexer.Next();
                    break;
                case VolfileTokenKind.Type:
                    throw new VolfileException(token.Line, $"volume {name.Text} has a second type");
                case VolfileTokenKind.Subvolumes when subvolumes.Count > 0:
                    throw new VolfileException(token.Line, $"volume {name.Text} names its subvolumes twice");
                case VolfileTokenKind.Subvolumes:
                    token = ParseSubvolumes(ref lexer, token, name.Text, subvolumes, earlier);
                    break;
                case VolfileTokenKind.EndOfText:
                    throw new VolfileException(begin.Line, $"volume {name.Text} has no end-volume");
                default:
                    throw new VolfileException(
                        token.Line,
                        $"\"{token.Text}\" inside volume {name.Text}, where option, subvolumes or end-volume was expected");
            }
        }

        if (options.Count == 0 && subvolumes.Count == 0)
        {
            throw new VolfileException(begin.Line, $"volume {name.Text} has neither options nor subvolumes");
        }

        end = token.End;
        return new Volume(name.Text, type!)
        {
            Options = options.ToImmutable(),
            Subvolumes = subvolumes.ToImmutable(),
            Preamble = preamble,
            Line = new SourceLine(begin.Line),
        };
    }

    private static string ParseType(ref VolfileLexer lexer)
    {
        VolfileToken type = Expect(ref lexer, "a translator's type");
        return IsType(type.Text)
            ? type.Text
            : throw new VolfileException(
                type.Line, $"\"{type.Text}\" is not a translator's type, which is of the form cluster/replicate");
    }

    // It becomes part of a path below the directory of translators: two plain words.
    private static bool IsType(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return text == Meta || slash > 0 && IsPlainWord(text.AsSpan(0, slash)) && IsPlainWord(text.AsSpan(slash + 1));
    }

    private static bool IsPlainWord(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(s_plain);

    private static VolfileToken ParseSubvolumes(
        ref VolfileLexer lexer, VolfileToken keyword, string volume, ImmutableArray<string>.Builder subvolumes,
        HashSet<string> earlier)
    {
        VolfileToken token = lexer.Next();
        if (!IsWord(token))
        {
            throw new VolfileException(keyword.Line, $"no name behind subvolumes of volume {volume}");
        }

        for (; IsWord(token); token = lexer.Next())
        {
            if (!earlier.Contains(token.Text))
            {
                throw new VolfileException(
                    token.Line, $"volume {volume} names the subvolume {token.Text}, which is not defined above it");
            }

            subvolumes.Add(token.Text);
        }

        return token;
    }

    private static VolfileToken Expect(ref VolfileLexer lexer, string what)
    {
        VolfileToken token = lexer.Next();
        return IsWord(token)
            ? token.Text.Length > 0
                ? token
                : throw new VolfileException(token.Line, $"nothing between quotes where {what} was expected")
            : throw new VolfileException(token.Line, token.Kind == VolfileTokenKind.EndOfText
                ? $"the text ends where {what} was expected"
                : $"\"{token.Text}\" where {what} was expected; a value of that name must stand in quotes");
    }

    private static bool IsWord(VolfileToken token) => token.Kind is VolfileTokenKind.Word or VolfileTokenKind.QuotedText;
}
