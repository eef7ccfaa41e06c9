using System.Collections.Immutable;
using System.Globalization;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Import;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Checks whether the bricks of a volume of glusterd can become units as they are.</summary>
/// <param name="pool">The pool that is to have them, with numbers of units.</param>
/// <param name="node">This node.</param>
/// <param name="root">The directory that everything is below, <c>/</c> except for trials.</param>
internal sealed class PoolImport(Pool pool, ThisNode node, string root)
{
    // Marks of cluster/replicate and of cluster/disperse (afr-common.c).
    private const string MarkPrefix = "trusted.afr.";
    private const string Dirty = "trusted.afr.dirty";

    /// <summary>Finds what is in the way.</summary>
    /// <param name="contents">The contents of this node's directories.</param>
    /// <returns>The problems; may be empty.</returns>
    internal ImmutableArray<string> FindObjections(ImmutableArray<DirectoryContents> contents) =>
        [.. CheckRecords(), .. contents.SelectMany(CheckContents), .. node.UnitsOf(pool).SelectMany(CheckMarks)];

    /// <summary>Undoes what was done to bricks: they are glusterd's again, and keep their id.</summary>
    internal static void GiveBack(Pool pool, ThisNode node)
    {
        foreach (string path in node.UnitsOf(pool).Select(member => member.Unit.Path).Where(Directory.Exists))
        {
            AtomicFile.RemoveLeftovers(HiddenDirectory.PathIn(path, UnitLabel.FileName));
            UnitLabel.Remove(path);
        }
    }

    private IEnumerable<string> CheckRecords()
    {
        if (GlusterdRecords.Find(root, pool.Name) is not { } records)
        {
            yield break;
        }

        if (records.HasThinArbiter)
        {
            yield return GlusterVolume.NoThinArbiter(pool.Name);
        }

        if (records.IsStarted)
        {
            yield return $"glusterd of this node serves {pool.Name}: gluster volume stop {pool.Name} before";
        }

        // By their paths: names of hosts may be others here.
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            string[] ids =
            [
                .. records.BrickIds.Where(brick => brick.Key.EndsWith(":" + member.Unit.Path, StringComparison.Ordinal))
                    .Select(brick => brick.Value),
            ];
            if (ids.Length > 0 && !ids.Contains(NameOf(member), StringComparer.Ordinal))
            {
                yield return $"glusterd of this node calls {member.Unit.Path} {string.Join(" or ", ids)}, and by its place it " +
                    $"would be {NameOf(member)}, so that marks of pending heals would be of another unit: type the command on " +
                    "a node whose glusterd has the volume (it takes the names from there)";
            }
        }
    }

    private IEnumerable<string> CheckContents(DirectoryContents contents)
    {
        if (contents.Owner != pool.Id || contents.IsReleased)
        {
            yield return contents.Owner is null
                ? $"{contents.Path} is no brick of {pool.Name}: it has no volume-id; is its file system mounted?"
                : $"{contents.Path} is a brick of the volume {contents.Owner}, not of {pool.Id}";
        }

        if (BrickProcess.FindServing(contents.Path) is { } process)
        {
            yield return $"{ServiceProcesses.Describe(process)} serves {contents.Path}: gluster volume stop {pool.Name} " +
                "before; if glusterd is gone already, " + string.Create(CultureInfo.InvariantCulture, $"kill {process}");
        }
    }

    // Another name is of a brick that the volume had before, or of another order: a copy that it calls bad would count as good.
    private IEnumerable<string> CheckMarks(PoolMember member)
    {
        _ = ExtendedAttribute.List(member.Unit.Path, out string[] attributes);
        HashSet<string> known =
            [.. pool.Members.Where(other => other.Group == member.Group).Select(other => MarkPrefix + NameOf(other))];
        string[] strange =
        [
            .. attributes.Where(
                name => name.StartsWith(MarkPrefix, StringComparison.Ordinal) && name != Dirty && !known.Contains(name)),
        ];
        if (strange.Length > 0)
        {
            yield return $"{member.Unit.Path} has marks for units that {pool.Name} does not have in this group " +
                $"({string.Join(", ", strange)}): the order of bricks is another one, or bricks were removed. Type the command " +
                "on a node whose glusterd has the volume (it takes the names from there)";
        }
    }

    private string NameOf(PoolMember member) =>
        string.Create(CultureInfo.InvariantCulture, $"{pool.Layers?.Name ?? pool.Name}-client-{member.Number}");
}
