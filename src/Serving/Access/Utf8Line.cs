using System.Buffers.Text;
using System.Text;

namespace KadaluFsd.Serving.Access;

/// <summary>Builds a line of text in a buffer that is long enough for it.</summary>
internal ref struct Utf8Line(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    internal int Length { get; private set; }

    /// <summary>Adds UTF-8.</summary>
    /// <param name="bytes">The bytes.</param>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_room[Length..]);
        Length += bytes.Length;
    }

    internal void Append(string text) => Length += Encoding.UTF8.GetBytes(text, _room[Length..]);

    internal void Append(long number)
    {
        _ = Utf8Formatter.TryFormat(number, _room[Length..], out int written);
        Length += written;
    }

    /// <summary>Adds bytes in lower-case hexadecimal.</summary>
    /// <param name="bytes">The bytes.</param>
    internal void AppendHex(ReadOnlySpan<byte> bytes)
    {
        _ = Convert.TryToHexStringLower(bytes, _room[Length..], out int written);
        Length += written;
    }

    /// <summary>Adds a time, to a ten-millionth of a second, such as <c>2026-11-22T01:02:03.0000000Z</c>.</summary>
    /// <param name="time">The time, UTC.</param>
    internal void Append(DateTime time)
    {
        _ = Utf8Formatter.TryFormat(time, _room[Length..], out int written, 'O');
        Length += written;
    }
}
