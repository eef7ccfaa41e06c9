namespace KadaluFsd.Hosting.Logging;

/// <summary>
/// Counts something that hostile peers can cause at will, so that it is logged at most once a second, with the count.
/// </summary>
public sealed class RateLimitedCount
{
    private const long IntervalMilliseconds = 1000;

    private long _count;
    private long _nextReport;

    /// <summary>Counts one.</summary>
    /// <returns>The count since the last report if the next one is due; otherwise null.</returns>
    public long? Add() => Add(Environment.TickCount64);

    /// <summary>Counts one, for callers that know the time.</summary>
    /// <param name="now">The time, <see cref="Environment.TickCount64"/>.</param>
    public long? Add(long now)
    {
        Interlocked.Increment(ref _count);
        long due = Interlocked.Read(ref _nextReport);
        return now >= due && Interlocked.CompareExchange(ref _nextReport, now + IntervalMilliseconds, due) == due &&
            Interlocked.Exchange(ref _count, 0) is > 0 and long count
            ? count
            : null;
    }
}
