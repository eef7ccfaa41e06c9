using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Questions;

/// <summary>What a node knows of heals of a pool.</summary>
/// <param name="At">When, by its clock.</param>
/// <param name="Units">Its units.</param>
/// <param name="Daemon">Its self-heal daemon.</param>
public sealed record NodeHeals(DateTime At, UnitPending[] Units, HealDaemonState Daemon);

/// <summary>What a unit has noted.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Pending">Files by kind, as <see cref="UnitStatus.PendingHeals"/>; null where it could not be asked.</param>
/// <param name="Problem">Why not.</param>
public sealed record UnitPending(string Unit, IReadOnlyDictionary<string, long>? Pending, string? Problem);

/// <summary>A self-heal daemon.</summary>
/// <param name="Problem">Why it heals nothing; null where it does.</param>
/// <param name="Unreached">Units that it is not connected to, <c>NODE:PATH</c>.</param>
/// <param name="ToCompare">Directories that it has to compare on all units; null where it could not be asked.</param>
/// <param name="Crawls">Its latest crawls; null where it could not be asked, or keeps no account of them.</param>
public sealed record HealDaemonState(string? Problem, string[] Unreached, int? ToCompare, UnitCrawl[]? Crawls);

/// <summary>A crawl for what has to be healed.</summary>
/// <param name="Unit">The unit whose files were gone through, <c>NODE:PATH</c>.</param>
/// <param name="IsFull">Whether all of them were; otherwise those of its index.</param>
/// <param name="Begun">When it began, UTC.</param>
/// <param name="Ended">When it ended, UTC; null while it is running.</param>
/// <param name="Healed">Files and directories that it has healed.</param>
/// <param name="SplitBrain">Those in split-brain.</param>
/// <param name="Left">Those that it has left alone: another self-heal daemon was healing them, or a unit was missing. They were not lost.</param>
public sealed record UnitCrawl(
    string Unit, bool IsFull, DateTime Begun, DateTime? Ended, long Healed, long SplitBrain, long Left);

/// <summary>What has become of an order to crawl.</summary>
/// <param name="Units">The node's units.</param>
public sealed record NodeCrawlStart(UnitCrawlStart[] Units);

/// <summary>What has become of an order to crawl, for one unit.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="IsStarted">Whether its files are gone through.</param>
/// <param name="Status">What the self-heal daemon says.</param>
public sealed record UnitCrawlStart(string Unit, bool IsStarted, string Status);

/// <summary>Files that have to be healed.</summary>
/// <param name="Units">By unit.</param>
public sealed record NodeHealList(UnitFiles[] Units);

/// <summary>Files that have to be healed, as one unit knows.</summary>
/// <param name="Unit">The unit, <c>NODE:PATH</c>.</param>
/// <param name="Problem">Why it could not be asked; null where it could.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Files">The first of them, <see cref="FilesMax"/> at most.</param>
public sealed record UnitFiles(string Unit, string? Problem, int Count, HealEntry[] Files)
{
    /// <summary>The most files that are listed of a unit.</summary>
    public const int FilesMax = 10_000;

    /// <summary>Shortens a list.</summary>
    public static UnitFiles Of(HealList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return new UnitFiles(
            list.Unit, list.IsConnected ? null : list.Status, list.Entries.Length, [.. list.Entries.Take(FilesMax)]);
    }
}

/// <summary>Paths by gfid.</summary>
/// <param name="Paths">Those that are known.</param>
public sealed record GfidPaths(Dictionary<Guid, string> Paths);

/// <summary>Copies of a file.</summary>
/// <param name="Copies">One for each unit of the node.</param>
public sealed record NodeCopies(FileCopy[] Copies);

/// <summary>Split-brain was resolved.</summary>
/// <param name="Said">What GlusterFS says of it.</param>
public sealed record HealResolved(string Said);
