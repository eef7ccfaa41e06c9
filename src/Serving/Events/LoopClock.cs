namespace KadaluFsd.Serving.Events;

/// <summary>
/// The time of a loop's round: read when it is first asked for, and the same for all that is found in the round. For one thread.
/// </summary>
/// <param name="time">Where it is read.</param>
internal sealed class LoopClock(TimeProvider time)
{
    private DateTime _now;
    private long _tick;
    private bool _isRead;

    /// <summary>When what is being handled was found to have happened, UTC.</summary>
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

    /// <summary>Another round has begun.</summary>
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
