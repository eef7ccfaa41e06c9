using System.Buffers;

namespace KadaluFsd.Serving.Events;

/// <summary>
/// A stack of reusable buffers: the one used last is still in the processor's cache, and no lock is needed. For one thread; when
/// the stack is empty a buffer is rented from the shared pool.
/// </summary>
internal sealed class BufferStack
{
    private const int MaxKept = 16;

    // Room for a few replies.
    private const int Small = 4 * 1024;
    private const int Large = 16 * 1024;

    private readonly Stack<byte[]> _small = new(MaxKept);
    private readonly Stack<byte[]> _large = new(MaxKept);

    /// <summary>Takes a buffer.</summary>
    /// <param name="least">Bytes it must have at least.</param>
    /// <returns>A buffer, the caller's until it is returned.</returns>
    internal byte[] Rent(int least)
    {
        int size = least <= Small ? Small : Math.Max(least, Large);
        return KeptOf(size) is { } kept && kept.TryPop(out byte[]? buffer) ? buffer : ArrayPool<byte>.Shared.Rent(size);
    }

    /// <summary>Returns a buffer.</summary>
    /// <param name="buffer">From <see cref="Rent"/>; not to be used any more.</param>
    internal void Return(byte[] buffer)
    {
        if (KeptOf(buffer.Length) is { Count: < MaxKept } kept)
        {
            kept.Push(buffer);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Stack<byte[]>? KeptOf(int size) => size switch
    {
        Small => _small,
        Large => _large,
        _ => null,
    };
}
