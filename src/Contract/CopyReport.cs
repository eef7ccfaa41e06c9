namespace KadaluFsd.Contract;

/// <summary>What a comparison of copies has found so far.</summary>
/// <param name="IsRunning">Whether it goes on.</param>
/// <param name="Directories">How many directories were compared.</param>
/// <param name="Waiting">How many were not, because they wait for a heal.</param>
/// <param name="DifferenceCount">How many differences there are.</param>
/// <param name="Differences">The first of them, <see cref="DifferencesMax"/> at most.</param>
/// <param name="Unreachable">Units that could not be asked.</param>
/// <param name="Failure">Why it ended before it was done; null where it did not.</param>
public sealed record CopyReport(
    bool IsRunning, long Directories, long Waiting, long DifferenceCount, CopyDifference[] Differences, string[] Unreachable,
    string? Failure)
{
    /// <summary>How many differences a report has at most.</summary>
    public const int DifferencesMax = 1000;
}

/// <summary>Something that one unit has otherwise than it should, without anybody knowing.</summary>
/// <param name="Group">The group's volume.</param>
/// <param name="Path">What, from the pool's top.</param>
/// <param name="Unit">The unit's volume.</param>
/// <param name="Problem">What about it.</param>
public sealed record CopyDifference(string Group, string Path, string Unit, string Problem);
