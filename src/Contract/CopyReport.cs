namespace KadaluFsd.Contract;

/// <summary>What a comparison of copies has found so far.</summary>
/// <param name="IsRunning">Whether it is still running.</param>
/// <param name="Directories">How many directories were compared.</param>
/// <param name="Waiting">How many were not compared, because they wait for a heal.</param>
/// <param name="DifferenceCount">The number of all differences.</param>
/// <param name="Differences">The first of them, <see cref="DifferencesMax"/> at most.</param>
/// <param name="Unreachable">Units that could not be asked.</param>
/// <param name="Failure">Why it ended early; null where it did not.</param>
public sealed record CopyReport(
    bool IsRunning, long Directories, long Waiting, long DifferenceCount, CopyDifference[] Differences, string[] Unreachable,
    string? Failure)
{
    /// <summary>The most differences that a report has.</summary>
    public const int DifferencesMax = 1000;
}

/// <summary>A difference between copies that no index names.</summary>
/// <param name="Group">The group's volume.</param>
/// <param name="Path">The path from the root of the pool.</param>
/// <param name="Unit">The unit's volume.</param>
/// <param name="Problem">What differs.</param>
public sealed record CopyDifference(string Group, string Path, string Unit, string Problem);
