using System.Diagnostics;

namespace KadaluFsd.Daemons.Heal;

/// <summary>A directory in which copies may differ.</summary>
internal sealed class Suspect
{
    private long _since = Stopwatch.GetTimestamp();
    private TimeSpan _patience;

    /// <summary>How often it was compared.</summary>
    internal int Attempts { get; set; }

    /// <summary>The units on which it was being changed when they ended; they are told the result.</summary>
    internal HashSet<string> AskedBy { get; } = [];

    /// <summary>Whether it has to be compared now.</summary>
    internal bool IsDue => Stopwatch.GetElapsedTime(_since) >= _patience;

    /// <summary>Postpones the next comparison.</summary>
    internal void DueIn(TimeSpan patience) => (_since, _patience) = (Stopwatch.GetTimestamp(), patience);
}
