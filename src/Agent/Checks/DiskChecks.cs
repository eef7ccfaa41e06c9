using System.Globalization;
using KadaluFsd.Agent.Disks;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Linux;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks the directories of units on this node, and the file systems that these and the program itself need.</summary>
/// <param name="reader">Reads them.</param>
internal sealed class DiskChecks(DirectoryReader reader)
{
    // Per cent that are left. The kernel's file systems get slow, and heals of large files may not fit any more.
    private const double Scarce = 10;
    private const double NearlyNone = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Checks them.</summary>
    /// <param name="units">The units of this node.</param>
    /// <param name="own">Directories of the program.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal async Task<NodeFinding[]> CheckAsync(
        IReadOnlyCollection<(Pool Pool, PoolUnit Unit)> units, IEnumerable<string> own, CancellationToken cancellation)
    {
        (Pool Pool, PoolUnit Unit, DirectoryFacts Facts)[] read = await Task.WhenAll(units.Select(async unit =>
            (unit.Pool, unit.Unit, await reader.ReadAsync(unit.Unit.Path, unit.Pool.Id, s_patience, cancellation))));
        (string Path, DirectoryFacts Facts)[] others = await Task.WhenAll(own.Select(async path =>
            (path, await reader.ReadAsync(path, Guid.Empty, s_patience, cancellation))));
        return
        [
            .. read.SelectMany(unit => CheckMount(unit.Pool, unit.Unit, unit.Facts)),
            .. read.Where(unit => unit.Facts.Problem is null).GroupBy(unit => unit.Facts.Device)
                .Where(same => same.Count() > 1).Select(same => NodeFinding.Warning(
                    CheckNames.Mounts,
                    $"{string.Join(", ", same.Select(unit => unit.Unit.Path))} are in one file system: they fill it up " +
                    "together, and are lost together",
                    "give each unit a file system of its own (kadalu unit replace, once one is mounted there)")),
            NodeFinding.Well(
                CheckNames.Mounts,
                read.Length == 0 ? "there is no unit here"
                    : $"mounted: {string.Join(", ", read.Select(unit => unit.Unit.Path))}"),
            .. CheckSpace(
            [
                .. read.Select(unit => (unit.Unit.Path, unit.Facts)), .. others.Where(other => other.Facts.Problem is null),
            ]),
        ];
    }

    /// <summary>Judges how full file systems are: each once.</summary>
    internal static IEnumerable<NodeFinding> CheckSpace(IReadOnlyCollection<(string Path, DirectoryFacts Facts)> directories)
    {
        (string Path, DirectoryFacts Facts)[] each =
            [.. directories.Where(one => one.Facts.Problem is null).DistinctBy(one => one.Facts.Device)];
        foreach ((string path, DirectoryFacts facts) in each)
        {
            FileSystemStatus now = facts.FileSystem;
            (double space, double inodes) = (Left(now.Available, now.Size), Left(now.AvailableInodes, now.Inodes));
            if (Math.Min(space, inodes) < Scarce)
            {
                string what = space < Scarce ? $"{Percent(space)} of the space" : $"{Percent(inodes)} of the inodes";
                yield return new NodeFinding(
                    CheckNames.Disks, Math.Min(space, inodes) < NearlyNone ? FindingVerdict.Wrong : FindingVerdict.Warning,
                    $"the file system of {path} has only {what} left", "delete files, or enlarge the file system");
            }
        }

        yield return NodeFinding.Well(
            CheckNames.Disks,
            "space left: " + string.Join(
                ", ",
                each.Select(one => $"{one.Path} {Percent(Left(one.Facts.FileSystem.Available, one.Facts.FileSystem.Size))}")));
    }

    private static IEnumerable<NodeFinding> CheckMount(Pool pool, PoolUnit unit, DirectoryFacts facts)
    {
        string what = $"{unit.Path} of {pool.Name}";
        string replace =
            $"mount it; where its disk is lost, mount an empty one and kadalu unit replace {pool.Name} {unit.Address}";
        if (facts.Problem is { } problem)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Mounts, $"{what} {problem}", $"are its disk and its mount well (dmesg, findmnt)? {replace}");
            yield break;
        }

        if (!facts.IsMarked)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Mounts, $"{what} is not the unit's directory: it has not the pool's id",
                $"is its file system mounted? {replace}");
        }
        else if (facts.IsOnRoot)
        {
            yield return NodeFinding.Warning(
                CheckNames.Mounts, $"{what} is in the root file system, which fills up with it",
                "give it a file system of its own (kadalu unit replace, once one is mounted there)");
        }

        if (facts.FileSystem.IsReadOnly)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Mounts, $"the file system of {what} is mounted read-only",
                "dmesg says why the kernel has done so, if it has; repair it, and mount it to be written");
        }
    }

    // What has no limit, such as inodes of XFS or Btrfs, is never used up.
    private static double Left(ulong available, ulong all) => all == 0 ? 100 : available * 100.0 / all;

    private static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value):0} %");
}
