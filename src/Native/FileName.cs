using System.Buffers;
using System.Text;

namespace KadaluFsd.Native;

/// <summary>
/// Names of files as text, from which their bytes can be had back: Linux's are any bytes but the slash and the zero, and need not
/// be UTF-8.
/// </summary>
/// <remarks>A name that is not UTF-8 becomes one character for each byte, U+DC80 to U+DCFF for those above 127: no text has these
/// by themselves.</remarks>
internal static class FileName
{
    private const char Escape = '\uDC00';
    private const int AsciiMax = 0x7F;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> s_escaped =
        SearchValues.Create([.. Enumerable.Range(AsciiMax + 1, AsciiMax + 1).Select(value => (char)(Escape + value))]);

    /// <summary>Makes a text of a name.</summary>
    /// <param name="name">The name's bytes.</param>
    internal static string Read(ReadOnlySpan<byte> name)
    {
        try
        {
            return s_strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return string.Create(name.Length, name, (text, bytes) =>
            {
                for (int index = 0; index < bytes.Length; index++)
                {
                    text[index] = (char)(bytes[index] > AsciiMax ? Escape + bytes[index] : bytes[index]);
                }
            });
        }
    }

    /// <summary>Gives a name back.</summary>
    /// <returns>The name's bytes, with a zero behind.</returns>
    internal static byte[] Write(string text) =>
        IsEscaped(text) ? [.. text.Select(character => (byte)character), 0] : [.. Encoding.UTF8.GetBytes(text), 0];

    // In a text that is UTF-8, such a character has the other half of a pair before it.
    private static bool IsEscaped(string text)
    {
        int index = text.AsSpan().IndexOfAny(s_escaped);
        return index >= 0 && (index == 0 || !char.IsHighSurrogate(text[index - 1]));
    }
}
