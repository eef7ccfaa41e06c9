using System.Diagnostics;

namespace KadaluFsd.Daemons.Heal;

/// <summary>A directory in which copies may differ.</summary>
internal sealed class Suspect
{
    private long _since = Stopwatch.GetTimestamp();
    private TimeSpan _patience;

    /// <summary>How often it was looked at.</summary>
    internal int Attempts { get; set; }

    /// <summary>The units that were changing it when they ended, and want to be told.</summary>
    internal HashSet<string> AskedBy { get; } = [];

    /// <summary>Whether it is time to look.</summary>
    internal bool IsDue => Stopwatch.GetElapsedTime(_since) >= _patience;

    /// <summary>Leaves it alone for a while.</summary>
    internal void DueIn(TimeSpan patience) => (_since, _patience) = (Stopwatch.GetTimestamp(), patience);
}
