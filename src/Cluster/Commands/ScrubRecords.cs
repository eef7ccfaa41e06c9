namespace KadaluFsd.Cluster.Commands;

/// <summary>Has the copies of some more files compared.</summary>
/// <param name="Path">Where the files are, a path from the root of the pool.</param>
/// <param name="From">What the answer before has said; null to begin.</param>
/// <param name="BytesPerSecond">How fast each node may read.</param>
public sealed record ScrubOrder(string Path, ScrubPlace? From, long BytesPerSecond);

/// <summary>How far a comparison is.</summary>
/// <param name="Path">The last file that was begun.</param>
/// <param name="Offset">How many bytes of it are compared; null where it is done.</param>
public sealed record ScrubPlace(string Path, long? Offset);

/// <summary>What was found.</summary>
/// <param name="Next">Where it goes on; null where all is compared.</param>
/// <param name="Files">How many files were compared to their end.</param>
/// <param name="Bytes">How much was read of each copy.</param>
/// <param name="Findings">Copies that are not equal, or could not be compared.</param>
/// <param name="Problems">What could not be compared at all, and why.</param>
public sealed record ScrubAnswer(ScrubPlace? Next, long Files, long Bytes, ScrubFinding[] Findings, string[] Problems);

/// <summary>A copy that is not as the others.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Path">The path from the root of the pool.</param>
/// <param name="Verdict">One of the constants of this record.</param>
/// <param name="What">What differs.</param>
public sealed record ScrubFinding(string Unit, string Path, string Verdict, string What)
{
    /// <summary>It differs, and nothing says that it is going to be healed.</summary>
    public const string Different = "different";

    /// <summary>It differs, and waits for a heal.</summary>
    public const string Waits = "waits for a heal";

    /// <summary>It has changed each time that it was looked at.</summary>
    public const string Changes = "is being changed";
}

/// <summary>What a command has found altogether.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Path">Where, a path from its root.</param>
/// <param name="IsComplete">Whether it came to its end.</param>
/// <param name="Files">How many files were compared to their end.</param>
/// <param name="Bytes">How much was read of each copy.</param>
/// <param name="Different">How many copies differ; not all of them may be in <paramref name="Findings"/>.</param>
/// <param name="Waiting">How many wait for a heal, or were being changed; likewise.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Problems">What could not be compared, and why.</param>
/// <param name="Notes">What such a comparison cannot see.</param>
public sealed record ScrubReport(
    string Pool, string Path, bool IsComplete, long Files, long Bytes, long Different, long Waiting, ScrubFinding[] Findings,
    string[] Problems, string[] Notes);
