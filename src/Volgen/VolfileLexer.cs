using System.Text;

namespace KadaluFsd.Volgen;

/// <summary>Kinds of tokens of a volfile.</summary>
internal enum VolfileTokenKind
{
    EndOfText,
    Word,
    QuotedText,
    VolumeBegin,
    VolumeEnd,
    Type,
    Option,
    Subvolumes,
}

/// <summary>A token with its place.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A word as written; quoted text without quotes and backslashes.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index after its last character.</param>
internal readonly record struct VolfileToken(VolfileTokenKind Kind, string Text, int Line, int Start, int End);

/// <summary>
/// Splits a volfile into tokens by the rules of libglusterfs/src/graph.l, and rejects what that would execute or misread.
/// </summary>
internal ref struct VolfileLexer(string text)
{
    private int _position;
    private int _line = 1;

    /// <summary>Reads the next token; skips comments and white space.</summary>
    /// <returns>The token; <see cref="VolfileTokenKind.EndOfText"/> at the end, repeatedly.</returns>
    public VolfileToken Next()
    {
        SkipBlanks();
        int start = _position;
        if (start == text.Length)
        {
            return new(VolfileTokenKind.EndOfText, "", _line, start, start);
        }

        return text[start] == '"' ? ReadQuoted() : ReadWord();
    }

    /// <summary>Whether a word is a keyword, which must be quoted as a name or value.</summary>
    public static bool IsKeyword(string word) => KindOf(word) != VolfileTokenKind.Word;

    private static VolfileTokenKind KindOf(string word) => word switch
    {
        "volume" => VolfileTokenKind.VolumeBegin,
        "end-volume" => VolfileTokenKind.VolumeEnd,
        "type" => VolfileTokenKind.Type,
        "option" => VolfileTokenKind.Option,
        "subvolumes" or "subvolumeS" => VolfileTokenKind.Subvolumes,
        _ => VolfileTokenKind.Word,
    };

    private static bool IsBlank(char character) => character is ' ' or '\t' or '\r' or '\n';

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            char character = text[_position];
            if (character == '#')
            {
                int end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end;
            }
            else if (IsBlank(character))
            {
                _line += character == '\n' ? 1 : 0;
                _position++;
            }
            else
            {
                break;
            }
        }
    }

    private VolfileToken ReadWord()
    {
        int start = _position;
        while (_position < text.Length && !IsBlank(text[_position]) && text[_position] != '"')
        {
            Check(text[_position++]);
        }

        string word = text[start.._position];
        return new(KindOf(word), word, _line, start, _position);
    }

    private VolfileToken ReadQuoted()
    {
        int start = _position++;
        var value = new StringBuilder();
        while (true)
        {
            if (_position == text.Length || text[_position] == '\n')
            {
                throw new VolfileException(_line, "a quote that is not closed on its line");
            }

            char character = text[_position++];
            if (character == '"')
            {
                return new(VolfileTokenKind.QuotedText, value.ToString(), _line, start, _position);
            }

            if (character == '\\')
            {
                if (_position == text.Length || text[_position] == '\n')
                {
                    throw new VolfileException(_line, "a backslash at the end of a line");
                }

                character = text[_position++];
                CheckControl(character);
            }
            else
            {
                Check(character);
            }

            value.Append(character);
        }
    }

    private readonly void Check(char character)
    {
        switch (character)
        {
            case '\\':
                throw new VolfileException(_line, "a backslash outside quotes");
            default:
                CheckControl(character);
                break;
        }
    }

    private readonly void CheckControl(char character)
    {
        if (character < ' ' && character != '\t')
        {
            throw new VolfileException(_line, $"a control character (0x{(int)character:x2})");
        }
    }
}
