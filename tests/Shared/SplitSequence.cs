using System.Buffers;

namespace KadaluFsd.Shared;

/// <summary>Byte sequences in several segments, the way they come off a socket.</summary>
internal static class SplitSequence
{
    internal static ReadOnlySequence<byte> At(byte[] bytes, params int[] offsets)
    {
        int[] ends = [.. offsets.Order(), bytes.Length];
        var first = new Segment(bytes.AsMemory(0, ends[0]), null);
        Segment last = first;
        for (int index = 1; index < ends.Length; index++)
        {
            last = new Segment(bytes.AsMemory(ends[index - 1], ends[index] - ends[index - 1]), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
