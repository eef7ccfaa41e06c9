using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Serving.Access;

/// <summary>
/// One fetch of a volfile. It waits for the access log as a few integers and the bytes that the client sent; the writer thread
/// formats the line.
/// </summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Peer">The client's address; at most 64 characters.</param>
/// <param name="Key">The key as sent.</param>
/// <param name="Xdata">The dict that the client sent, encoded.</param>
/// <param name="Errno">0 when the volfile was given; otherwise GlusterFS's errno.</param>
/// <param name="Length">Bytes of the volfile given.</param>
/// <param name="Hash">SHA-256 of the volfile, 32 bytes; empty when none was given.</param>
internal readonly record struct AccessRecord(
    DateTime Time, string Peer, ReadOnlyMemory<byte> Key, GlusterDict Xdata, int Errno, int Length, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Longest key that is records, in bytes as sent; longer ones are cut.</summary>
    internal const int MaxKey = 256;

    // Longer ones are not records at all: a part of a dict cannot be decoded.
    private const int MaxXdata = 1024;

    /// <summary>Appends the record.</summary>
    internal void Append(IBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> peer = MemoryMarshal.AsBytes(Peer.AsSpan());
        ReadOnlySpan<byte> key = Key.Length <= MaxKey ? Key.Span : Key.Span[..MaxKey];
        ReadOnlySpan<byte> xdata = Xdata.Encoded.Length <= MaxXdata ? Xdata.Encoded.Span : default;
        ReadOnlySpan<byte> hash = Hash.Span;
        var head = new Head(
            Time.Ticks, Errno, Length, (ushort)peer.Length, (ushort)key.Length, (ushort)xdata.Length, (ushort)hash.Length);
        Span<byte> room = output.GetSpan(Unsafe.SizeOf<Head>() + peer.Length + key.Length + xdata.Length + hash.Length);
        MemoryMarshal.Write(room, in head);
        int end = Unsafe.SizeOf<Head>();
        Append(room, peer, ref end);
        Append(room, key, ref end);
        Append(room, xdata, ref end);
        Append(room, hash, ref end);
        output.Advance(end);
    }

    /// <summary>Takes the first of the encoded records.</summary>
    /// <param name="records">Encoded records, not empty; starts after the first one on return.</param>
    /// <returns>The record's bytes; valid as long as <paramref name="records"/> is.</returns>
    internal static ReadOnlyMemory<byte> TakeBytes(ref ReadOnlyMemory<byte> records)
    {
        Head head = MemoryMarshal.Read<Head>(records.Span);
        return Split(ref records, Unsafe.SizeOf<Head>() + head.Peer + head.Key + head.Xdata + head.Hash);
    }

    /// <summary>Decodes a record.</summary>
    /// <param name="records">From <see cref="TakeBytes"/>.</param>
    /// <returns>The record; valid as long as <paramref name="records"/> is.</returns>
    internal static AccessRecord Of(ReadOnlyMemory<byte> records)
    {
        Head head = MemoryMarshal.Read<Head>(records.Span);
        records = records[Unsafe.SizeOf<Head>()..];
        string peer = new(MemoryMarshal.Cast<byte, char>(Split(ref records, head.Peer).Span));
        ReadOnlyMemory<byte> key = Split(ref records, head.Key);
        GlusterDict xdata = GlusterDict.Decode(Split(ref records, head.Xdata));
        return new AccessRecord(
            new DateTime(head.Ticks, DateTimeKind.Utc), peer, key, xdata, head.Errno, head.Length, Split(ref records, head.Hash));
    }

    private static void Append(Span<byte> room, ReadOnlySpan<byte> bytes, ref int end)
    {
        bytes.CopyTo(room[end..]);
        end += bytes.Length;
    }

    private static ReadOnlyMemory<byte> Split(ref ReadOnlyMemory<byte> rest, int length)
    {
        ReadOnlyMemory<byte> part = rest[..length];
        rest = rest[length..];
        return part;
    }

    // The fields of fixed size, and the lengths in bytes of those that follow.
    private readonly record struct Head(long Ticks, int Errno, int Length, ushort Peer, ushort Key, ushort Xdata, ushort Hash);
}
