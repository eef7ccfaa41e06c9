using System.Buffers;

namespace KadaluFsd.Fsd.Events;

/// <summary>
/// A few buffers that go from hand to hand, the one used last first: its bytes are still in the processor's cache. For one thread; what
/// it does not have comes from the shared pool.
/// </summary>
internal sealed class BufferStack
{
    private const int Size = 16 * 1024;
    private const int MaxKept = 32;

    private readonly Stack<byte[]> _kept = new(MaxKept);

    /// <summary>Takes a buffer.</summary>
    /// <param name="least">Bytes it must have at least.</param>
    /// <returns>A buffer, the caller's until it is returned.</returns>
    internal byte[] Rent(int least) =>
        least > Size ? ArrayPool<byte>.Shared.Rent(least) : _kept.TryPop(out byte[]? buffer) ? buffer : new byte[Size];

    /// <summary>Gives a buffer back.</summary>
    /// <param name="buffer">From <see cref="Rent"/>; not to be used any more.</param>
    internal void Return(byte[] buffer)
    {
        if (buffer.Length != Size)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        else if (_kept.Count < MaxKept)
        {
            _kept.Push(buffer);
        }
    }
}
