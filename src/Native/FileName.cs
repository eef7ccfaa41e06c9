using System.Buffers;
using System.Text;

namespace KadaluFsd.Native;

/// <summary>
/// File names as text that can be converted back to bytes: Linux's names are any bytes but slash and NUL, and need not be UTF-8.
/// </summary>
/// <remarks>Bytes that are not UTF-8 become characters U+DC80 to U+DCFF, which no valid text has by themselves.</remarks>
internal static class FileName
{
    private const char Escape = '\uDC00';
    private const int AsciiMax = 0x7F;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> s_escaped =
        SearchValues.Create([.. Enumerable.Range(AsciiMax + 1, AsciiMax + 1).Select(value => (char)(Escape + value))]);

    /// <summary>Converts a name to text.</summary>
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

    /// <summary>Converts text back to a name.</summary>
    /// <returns>The name's bytes, and a NUL.</returns>
    internal static byte[] Write(string text) =>
        IsEscaped(text) ? [.. text.Select(character => (byte)character), 0] : [.. Encoding.UTF8.GetBytes(text), 0];

    // In valid text such a character follows the other half of a surrogate pair.
    private static bool IsEscaped(string text)
    {
        int index = text.AsSpan().IndexOfAny(s_escaped);
        return index >= 0 && (index == 0 || !char.IsHighSurrogate(text[index - 1]));
    }
}
