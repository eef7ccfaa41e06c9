using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KadaluFsd.Rpc.Gluster;

namespace KadaluFsd.Serving.Access;

/// <summary>
/// One fetch of a volfile. Waits to be written to the access log as a few words and the bytes that the client sent; making a line
/// of that is left to the thread that writes.
/// </summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Peer">Who, by address; at most 64 characters.</param>
/// <param name="Key">What was asked for, as sent.</param>
/// <param name="Xdata">What else the client sent.</param>
/// <param name="Errno">0 when it was given; else why not, in GlusterFS's numbers.</param>
/// <param name="Length">Bytes of the volfile given.</param>
/// <param name="Hash">Its SHA-256, as it is; empty when none was given.</param>
internal readonly record struct AccessRecord(
    DateTime Time, string Peer, ReadOnlyMemory<byte> Key, GlusterDict Xdata, int Errno, int Length, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Longest key that is kept, in bytes as sent; longer ones are cut.</summary>
    internal const int MaxKey = 256;

    // Longer ones are not kept at all: a part of a dict is none.
    private const int MaxXdata = 1024;

    /// <summary>Puts the record behind others.</summary>
    internal void Keep(IBufferWriter<byte> output)
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

    /// <summary>Takes the first of the records that were kept, as the bytes it is kept as.</summary>
    /// <param name="kept">Not empty; starts behind the record afterwards.</param>
    /// <returns>The record's bytes; valid as long as <paramref name="kept"/> is.</returns>
    internal static ReadOnlyMemory<byte> TakeBytes(ref ReadOnlyMemory<byte> kept)
    {
        Head head = MemoryMarshal.Read<Head>(kept.Span);
        return Split(ref kept, Unsafe.SizeOf<Head>() + head.Peer + head.Key + head.Xdata + head.Hash);
    }

    /// <summary>The record that bytes stand for.</summary>
    /// <param name="kept">From <see cref="TakeBytes"/>.</param>
    /// <returns>The record; valid as long as <paramref name="kept"/> is.</returns>
    internal static AccessRecord Of(ReadOnlyMemory<byte> kept)
    {
        Head head = MemoryMarshal.Read<Head>(kept.Span);
        kept = kept[Unsafe.SizeOf<Head>()..];
        string peer = new(MemoryMarshal.Cast<byte, char>(Split(ref kept, head.Peer).Span));
        ReadOnlyMemory<byte> key = Split(ref kept, head.Key);
        GlusterDict xdata = GlusterDict.Decode(Split(ref kept, head.Xdata));
        return new AccessRecord(
            new DateTime(head.Ticks, DateTimeKind.Utc), peer, key, xdata, head.Errno, head.Length, Split(ref kept, head.Hash));
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

    // What is always there, and the lengths in bytes of what comes behind it.
    private readonly record struct Head(long Ticks, int Errno, int Length, ushort Peer, ushort Key, ushort Xdata, ushort Hash);
}
