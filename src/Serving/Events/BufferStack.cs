using System.Buffers;

namespace KadaluFsd.Serving.Events;

/// <summary>
/// A few buffers that go from hand to hand, the one used last first: its bytes are still in the processor's cache, and no lock is
/// needed for it. For one thread; what it does not have comes from the shared pool and goes back there.
/// </summary>
internal sealed class BufferStack
{
    private const int MaxKept = 16;

    // One reply to a client that waits for it, or a few.
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

    /// <summary>Gives a buffer back.</summary>
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
