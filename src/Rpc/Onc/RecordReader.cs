using System.Buffers;
using System.Buffers.Binary;

namespace KadaluFsd.Rpc.Onc;

/// <summary>Reads complete records from the bytes that have arrived on a connection, one after the other.</summary>
/// <param name="limit">Longest record accepted, in bytes, marks not counted.</param>
public ref struct RecordReader(ReadOnlySequence<byte> buffer, int limit)
{
    private ReadOnlySequence<byte> _buffer = buffer;

    // The first segment of the buffer, less the records read from it.
    private ReadOnlyMemory<byte> _piece = buffer.First;
    private int _taken;

    /// <summary>The bytes after the records that were read.</summary>
    public readonly ReadOnlySequence<byte> Rest => _buffer.Slice(_taken);

    /// <summary>The bytes after the records that were read, as far as they are contiguous.</summary>
    public readonly int PieceLeft => _piece.Length;

    /// <summary>Reads the next record.</summary>
    /// <param name="record">The record without its marks: a slice of the buffer, or a copy where its bytes are not
    /// contiguous.</param>
    /// <returns>Whether there was a complete record.</returns>
    /// <exception cref="ProtocolException">See <see cref="RecordMark.TryRead"/>.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> record)
    {
        // Nearly every record is one fragment in contiguous memory.
        ReadOnlySpan<byte> span = _piece.Span;
        if (BinaryPrimitives.TryReadUInt32BigEndian(span, out uint mark) &&
            RecordMark.IsWhole(mark, span.Length, limit, out int length))
        {
            record = _piece.Slice(RecordMark.Size, length);
            _piece = _piece[(RecordMark.Size + length)..];
            _taken += RecordMark.Size + length;
            return true;
        }

        return TryReadPieces(out record);
    }

    private bool TryReadPieces(out ReadOnlyMemory<byte> record)
    {
        ReadOnlySequence<byte> rest = Rest;
        bool isWhole = RecordMark.TryReadPieces(ref rest, limit, out record);
        (_buffer, _piece, _taken) = (rest, rest.First, 0);
        return isWhole;
    }
}
