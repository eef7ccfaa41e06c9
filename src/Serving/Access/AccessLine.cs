using System.Buffers;
using System.Text;
using System.Text.Json;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Serving.Access;

/// <summary>Formats fetches as lines. Whatever a client has sent, a record stays one line and a field one field.</summary>
internal static class AccessLine
{
    // In bytes as sent; longer ones are cut.
    private const int MaxShown = AccessRecord.MaxKey;

    // Every field at its longest, each byte of a cut one as the six of an escape; there are four of these.
    private const int LongestLine = 512 + (4 * 6 * MaxShown);

    // Text lines have the first digits of the hash: enough to tell volfiles apart, and half as long a line.
    private const int ShownHash = 8;

    private static readonly SearchValues<byte> s_plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:"u8);

    /// <summary>Writes a fetch.</summary>
    internal static void Write(IBufferWriter<byte> output, LogFormat format, in AccessRecord record)
    {
        if (format == LogFormat.Json)
        {
            WriteJson(output, record, new ClientFields(record.Xdata));
        }
        else
        {
            WriteText(output, record, new ClientFields(record.Xdata));
        }
    }

    /// <summary>Writes that fetches before this line were dropped.</summary>
    /// <param name="time">When this was found, UTC.</param>
    internal static void WriteDropped(IBufferWriter<byte> output, LogFormat format, DateTime time, long count)
    {
        bool isJson = format == LogFormat.Json;
        var line = new Utf8Line(output.GetSpan(LongestLine));
        line.Append(isJson ? "{\"time\":\""u8 : ""u8);
        line.Append(time);
        line.Append(isJson ? "\",\"dropped\":"u8 : " dropped:"u8);
        line.Append(count);
        line.Append(isJson ? "}\n"u8 : "\n"u8);
        output.Advance(line.Length);
    }

    private static void WriteText(IBufferWriter<byte> output, in AccessRecord record, in ClientFields client)
    {
        var line = new Utf8Line(output.GetSpan(LongestLine));
        line.Append(record.Time);
        line.Append(" "u8);
        line.Append(record.Peer);
        line.Append(" \""u8);
        Append(ref line, record.Key.Span);
        if (record.Errno == 0)
        {
            line.Append("\" ok "u8);
            line.Append(record.Length);
            line.Append(" sha256:"u8);
            line.AppendHex(record.Hash.Span[..Math.Min(ShownHash, record.Hash.Length)]);
        }
        else
        {
            line.Append("\" errno "u8);
            line.Append(record.Errno);
        }

        if (!client.HighestVersion.IsEmpty)
        {
            line.Append(" op-versions:"u8);
            AppendQuotedIfNeeded(ref line, client.LowestVersion);
            line.Append("-"u8);
            AppendQuotedIfNeeded(ref line, client.HighestVersion);
        }

        if (!client.Brick.IsEmpty)
        {
            line.Append(" brick:"u8);
            AppendQuotedIfNeeded(ref line, client.Brick);
        }

        line.Append("\n"u8);
        output.Advance(line.Length);
    }

    private static void WriteJson(IBufferWriter<byte> output, in AccessRecord record, in ClientFields client)
    {
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("time", record.Time);
            writer.WriteString("peer", record.Peer);
            writer.WriteString("key", Text(record.Key.Span));
            writer.WriteNumber("errno", record.Errno);
            if (record.Errno == 0)
            {
                writer.WriteNumber("bytes", record.Length);
                writer.WriteString("sha256", Convert.ToHexStringLower(record.Hash.Span));
            }

            if (!client.HighestVersion.IsEmpty)
            {
                writer.WriteString("opVersions", $"{Text(client.LowestVersion)}-{Text(client.HighestVersion)}");
            }

            if (!client.Brick.IsEmpty)
            {
                writer.WriteString("brick", Text(client.Brick));
            }

            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void AppendQuotedIfNeeded(ref Utf8Line line, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> quote = IsPlain(value) ? ""u8 : "\""u8;
        line.Append(quote);
        Append(ref line, value);
        line.Append(quote);
    }

    private static void Append(ref Utf8Line line, ReadOnlySpan<byte> value) =>
        line.Append(IsPlain(value) ? value : JsonEncodedText.Encode(Text(value)).EncodedUtf8Bytes);

    private static bool IsPlain(ReadOnlySpan<byte> value) => value.Length <= MaxShown && !value.ContainsAnyExcept(s_plain);

    // What is not UTF-8 becomes replacement characters.
    private static string Text(ReadOnlySpan<byte> value) =>
        Encoding.UTF8.GetString(value.Length <= MaxShown ? value : value[..MaxShown]);

    // What a client reports about itself: the op-versions it supports, and for a brick its name.
    private readonly ref struct ClientFields
    {
        internal ClientFields(GlusterDict xdata)
        {
            foreach (GlusterDict.Pair pair in xdata)
            {
                if (pair.Key.SequenceEqual("min-op-version"u8))
                {
                    LowestVersion = pair.Text;
                }
                else if (pair.Key.SequenceEqual("max-op-version"u8))
                {
                    HighestVersion = pair.Text;
                }
                else if (pair.Key.SequenceEqual("brick_name"u8))
                {
                    Brick = pair.Text;
                }
            }
        }

        internal ReadOnlySpan<byte> LowestVersion { get; }

        internal ReadOnlySpan<byte> HighestVersion { get; }

        internal ReadOnlySpan<byte> Brick { get; }
    }
}
