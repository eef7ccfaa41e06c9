namespace KadaluFsd.Manager.Questions;

/// <summary>
/// Until when one request of a command is to be answered, however many nodes are asked for it one after the other: a node that is asked later has
/// less time. Who has asked is gone afterwards, and nothing may be done for it any more.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="all">All of the time that there is.</param>
internal sealed class AnswerLimit(TimeProvider time, TimeSpan all)
{
    // Not worth asking.
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();

    /// <summary>Finds the seconds that a node has for an answer.</summary>
    /// <param name="wanted">As many as it should have.</param>
    /// <returns>As many as there are; null where there are too few to ask.</returns>
    internal double? FindSeconds(double wanted)
    {
        TimeSpan left = all - time.GetElapsedTime(_start);
        return left < s_least ? null : Math.Min(wanted, left.TotalSeconds);
    }
}
