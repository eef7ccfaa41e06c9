using System.Diagnostics;

namespace KadaluFsd.Pools;

/// <summary>Has somebody read no faster than a disk can bear beside its clients. One reader at a time.</summary>
/// <param name="bytesPerSecond">How fast.</param>
public sealed class ReadPace(long bytesPerSecond)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(20);

    private readonly Stopwatch _begun = Stopwatch.StartNew();
    private long _bytes;

    /// <summary>Waits as long as what was read was read too early.</summary>
    /// <param name="bytes">What was read since the last call.</param>
    /// <param name="cancellation">Ends it early.</param>
    public void Count(int bytes, CancellationToken cancellation)
    {
        _bytes += bytes;
        TimeSpan early = TimeSpan.FromSeconds(_bytes / (double)bytesPerSecond) - _begun.Elapsed;
        if (early > s_shortest)
        {
            cancellation.WaitHandle.WaitOne(early);
        }
    }
}
