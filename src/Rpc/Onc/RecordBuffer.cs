using System.Buffers;
using System.Buffers.Binary;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

/// <summary>
/// Builds an outgoing record: its mark, its body, and an optional tail that is not copied. What was written last can be dropped.
/// </summary>
/// <remarks>Owns a pooled array until <see cref="Dispose"/>; what it returns is invalid after that.</remarks>
public sealed class RecordBuffer : ITailWriter, IDisposable
{
    private const int FirstCapacity = 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstCapacity);
    private int _written = RecordMark.Size;

    /// <summary>Bytes of the body so far, without the tail.</summary>
    public int Length => _written - RecordMark.Size;

    /// <summary>Bytes after the body that are not copied into it; empty for most records.</summary>
    public ReadOnlyMemory<byte> Tail { get; private set; }

    /// <summary>Drops what was written after <paramref name="length"/>, because the reply has become an error.</summary>
    /// <param name="length">An earlier value of <see cref="Length"/>, in bytes.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _written = RecordMark.Size + length;
        Tail = default;
    }

    /// <inheritdoc/>
    public void Attach(ReadOnlyMemory<byte> tail) => Tail = tail;

    /// <summary>The encoded record, in one fragment, up to <see cref="Tail"/>.</summary>
    /// <returns>Mark and body; valid until the next call on this object.</returns>
    public ReadOnlyMemory<byte> Complete()
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes, RecordMark.OfOneFragment(Length + Tail.Length));
        return _bytes.AsMemory(0, _written);
    }

    /// <summary>Starts over with an empty body.</summary>
    public void Reset()
    {
        _written = RecordMark.Size;
        Tail = default;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _bytes.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _bytes.AsSpan(_written);
    }

    /// <summary>Returns the array to the pool.</summary>
    public void Dispose()
    {
        byte[] bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void EnsureRoom(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_bytes.Length - _written >= wanted)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_written + wanted, _bytes.Length * 2));
        _bytes.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
