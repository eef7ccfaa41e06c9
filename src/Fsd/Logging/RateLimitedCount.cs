namespace KadaluFsd.Fsd.Logging;

/// <summary>Counts something that hostile peers can cause at will, so that it is logged once a second with a count instead of each time.</summary>
internal sealed class RateLimitedCount
{
    private const long IntervalMilliseconds = 1000;

    private long _count;
    private long _nextReport;

    /// <summary>Counts one more.</summary>
    /// <returns>How many since the last report, when it is time for the next one; else null.</returns>
    internal long? Add()
    {
        Interlocked.Increment(ref _count);
        return TakeDue();
    }

    /// <summary>Takes what has been counted, when it is time for a report.</summary>
    /// <returns>How many, at least one; null when none were counted or the last report was just now.</returns>
    internal long? TakeDue()
    {
        long now = Environment.TickCount64;
        long due = Interlocked.Read(ref _nextReport);
        if (Interlocked.Read(ref _count) == 0 || now < due || Interlocked.CompareExchange(ref _nextReport, now + IntervalMilliseconds, due) != due)
        {
            return null;
        }

        return Interlocked.Exchange(ref _count, 0);
    }
}
