namespace KadaluFsd.Serving.Events;

/// <summary>The time of a round: read at the first use and the same for the whole round. For one thread.</summary>
/// <param name="time">The clock.</param>
internal sealed class LoopClock(TimeProvider time)
{
    private DateTime _now;
    private long _tick;
    private bool _isRead;

    /// <summary>The time of this round, UTC.</summary>
    internal DateTime Now
    {
        get
        {
            Read();
            return _now;
        }
    }

    /// <summary>Milliseconds on a clock that nobody sets; only differences mean something.</summary>
    internal long Tick
    {
        get
        {
            Read();
            return _tick;
        }
    }

    /// <summary>Begins another round.</summary>
    internal void Forget() => _isRead = false;

    private void Read()
    {
        if (!_isRead)
        {
            (_now, _tick, _isRead) =
                (time.GetUtcNow().UtcDateTime, time.GetTimestamp() / (time.TimestampFrequency / 1000), true);
        }
    }
}
