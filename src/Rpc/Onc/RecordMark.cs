using System.Buffers;
using System.Buffers.Binary;

namespace KadaluFsd.Rpc.Onc;

/// <summary>Record marking over a byte stream, RFC 5531 section 11.</summary>
/// <remarks>
/// A record is one or more fragments. Each starts with a four-byte mark: the highest bit says that it is the last one, the other
/// 31 are its length in bytes.
/// </remarks>
public static class RecordMark
{
    /// <summary>Length of a mark, in bytes.</summary>
    public const int Size = 4;

    private const uint LastFragment = 0x8000_0000;

    /// <summary>Reads the first complete record of <paramref name="buffer"/>, if there is one.</summary>
    /// <param name="buffer">The bytes that have arrived; on success it starts after the record on return, otherwise it is
    /// unchanged.</param>
    /// <param name="limit">Longest record accepted, in bytes, marks not counted.</param>
    /// <param name="record">The record without its marks: a slice of the buffer if its bytes are contiguous, otherwise a
    /// copy.</param>
    /// <returns>Whether there was a complete record.</returns>
    /// <exception cref="ProtocolException">A record over the limit, an empty one, or one in too many fragments.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int limit, out ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(buffer, limit);
        bool isWhole = reader.TryRead(out record);
        buffer = reader.Rest;
        return isWhole;
    }

    /// <summary><see cref="TryRead"/> for a record in several fragments, or one whose bytes are not contiguous.</summary>
    /// <param name="buffer">The bytes that have arrived; on success it starts after the record on return, otherwise it is
    /// unchanged.</param>
    /// <param name="limit">Longest record accepted, in bytes.</param>
    /// <param name="record">A copy of the record.</param>
    /// <returns>Whether there was a complete record.</returns>
    internal static bool TryReadPieces(ref ReadOnlySequence<byte> buffer, int limit, out ReadOnlyMemory<byte> record)
    {
        record = default;
        ReadOnlySequence<byte> rest = buffer;
        long total = 0;
        for (int fragments = 1; ; fragments++)
        {
            if (!TryReadMark(rest, out bool last, out int length))
            {
                return false;
            }

            total += length;
            if (total > limit)
            {
                throw new ProtocolException($"a record of at least {total} bytes where at most {limit} are allowed");
            }

            if (last && total == 0)
            {
                throw new ProtocolException("an empty record");
            }

            if (fragments > RpcLimits.MaxFragments)
            {
                throw new ProtocolException($"a record in more than {RpcLimits.MaxFragments} fragments");
            }

            if (rest.Length - Size < length)
            {
                return false;
            }

            rest = rest.Slice(Size + length);
            if (last)
            {
                record = Join(buffer, (int)total);
                buffer = rest;
                return true;
            }
        }
    }

    /// <summary>The mark of a record sent as one fragment.</summary>
    /// <param name="length">The record's length in bytes, 1 to 2^31 - 1.</param>
    /// <returns>The four bytes as a number, to be written in network order.</returns>
    public static uint OfOneFragment(int length) => LastFragment | (uint)length;

    /// <summary>Whether a record is one legal fragment and has arrived completely.</summary>
    /// <param name="there">The number of bytes that have arrived, from the mark on.</param>
    /// <param name="limit">Longest record accepted, in bytes.</param>
    /// <param name="length">The record's length in bytes, when it is.</param>
    internal static bool IsWhole(uint mark, int there, int limit, out int length)
    {
        uint body = mark & ~LastFragment;
        length = (int)body;
        return mark != body && body > 0 && body <= (uint)limit && body <= (uint)(there - Size);
    }

    private static bool TryReadMark(ReadOnlySequence<byte> buffer, out bool last, out int length)
    {
        Span<byte> mark = stackalloc byte[Size];
        last = false;
        length = 0;
        if (buffer.Length < Size)
        {
            return false;
        }

        buffer.Slice(0, Size).CopyTo(mark);
        uint value = BinaryPrimitives.ReadUInt32BigEndian(mark);
        last = (value & LastFragment) != 0;
        length = (int)(value & ~LastFragment);
        return true;
    }

    // Only called when every fragment has arrived: it allocates no more than was received.
    private static byte[] Join(ReadOnlySequence<byte> buffer, int total)
    {
        byte[] joined = new byte[total];
        int filled = 0;
        while (filled < total)
        {
            _ = TryReadMark(buffer, out _, out int length);
            buffer.Slice(Size, length).CopyTo(joined.AsSpan(filled));
            filled += length;
            buffer = buffer.Slice(Size + length);
        }

        return joined;
    }
}
