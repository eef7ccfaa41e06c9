using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace KadaluFsd.Fsd.Logging;

/// <summary>How lines of the access log are written.</summary>
internal enum AccessLogFormat
{
    /// <summary>Fields behind each other, for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>One fetch of a volfile.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Peer">Who, by address.</param>
/// <param name="Key">What was asked for, as sent.</param>
/// <param name="Errno">0 when it was given; else why not, in GlusterFS's numbers.</param>
/// <param name="Length">Bytes of the volfile given.</param>
/// <param name="Hash">Its SHA-256; null when none was given.</param>
/// <param name="Versions">The op-versions the client said it has, such as <c>1-100000</c>; null when it said none.</param>
/// <param name="Brick">The brick that asks; null for other clients.</param>
internal readonly record struct AccessRecord(
    DateTime Time, string Peer, string Key, int Errno, int Length, string? Hash, string? Versions, string? Brick)
{
    // In characters; longer ones are cut.
    private const int MaxShown = 256;

    // Every field at its longest, each character of a cut one as six bytes of an escape.
    private const int LongestLine = 512 + (3 * 6 * MaxShown);

    private static readonly SearchValues<char> s_plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:");

    /// <summary>Writes the fetch as a line.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">How.</param>
    /// <param name="dropped">How many lines are missing before it.</param>
    internal void Write(IBufferWriter<byte> output, AccessLogFormat format, long dropped)
    {
        if (format == AccessLogFormat.Json)
        {
            WriteJson(output, dropped);
        }
        else
        {
            WriteText(output, dropped);
        }
    }

    private void WriteText(IBufferWriter<byte> output, long dropped)
    {
        Span<byte> line = output.GetSpan(LongestLine);
        int end = 0;
        Append(line, ref end, Utf8.TryWrite(line, $"{Time:O} {Peer} \"{Shown(Key)}\" ", out int written), written);
        if (Errno == 0)
        {
            Append(line, ref end, Utf8.TryWrite(line[end..], $"ok {Length} sha256:{Hash}", out written), written);
        }
        else
        {
            Append(line, ref end, Utf8.TryWrite(line[end..], $"errno {Errno}", out written), written);
        }

        if (Versions is not null)
        {
            Append(line, ref end, Utf8.TryWrite(line[end..], $" op-versions:{QuotedIfNeeded(Versions)}", out written), written);
        }

        if (Brick is not null)
        {
            Append(line, ref end, Utf8.TryWrite(line[end..], $" brick:{QuotedIfNeeded(Brick)}", out written), written);
        }

        if (dropped > 0)
        {
            Append(line, ref end, Utf8.TryWrite(line[end..], $" dropped:{dropped}", out written), written);
        }

        line[end++] = (byte)'\n';
        output.Advance(end);
    }

    private void WriteJson(IBufferWriter<byte> output, long dropped)
    {
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("time", Time);
            writer.WriteString("peer", Peer);
            writer.WriteString("key", Cut(Key));
            writer.WriteNumber("errno", Errno);
            if (Hash is not null)
            {
                writer.WriteNumber("bytes", Length);
                writer.WriteString("sha256", Hash);
            }

            if (Versions is not null)
            {
                writer.WriteString("opVersions", Cut(Versions));
            }

            if (Brick is not null)
            {
                writer.WriteString("brick", Cut(Brick));
            }

            if (dropped > 0)
            {
                writer.WriteNumber("dropped", dropped);
            }

            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void Append(Span<byte> line, ref int end, bool fits, int written)
    {
        System.Diagnostics.Debug.Assert(fits && end + written < line.Length, "a line that is longer than the longest");
        end += written;
    }

    private static string QuotedIfNeeded(string value) => ReferenceEquals(Shown(value), value) ? value : $"\"{Shown(value)}\"";

    private static string Cut(string value) => value.Length <= MaxShown ? value : value[..MaxShown];

    // A peer chooses these: whatever they hold, a line stays a line, and a field a field.
    private static string Shown(string value) =>
        value.Length <= MaxShown && !value.AsSpan().ContainsAnyExcept(s_plain) ? value : JsonEncodedText.Encode(Cut(value)).ToString();
}
