using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Pools;

namespace KadaluFsd.Agent.Disks;

/// <summary>How full the file systems of this node's units are. A disk that hangs holds nobody up: what it said before is said.</summary>
/// <param name="reader">Reads directories.</param>
internal sealed class NodeDisks(DirectoryReader reader)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private Dictionary<string, DirectoryFacts> _last = [];

    /// <summary>Reads it. One caller at a time.</summary>
    /// <param name="units">Directories of units, with the ids that they are to carry.</param>
    /// <returns>Each file system once, by the first unit in it.</returns>
    internal async Task<DiskReport[]> ReadAsync(IEnumerable<(string Path, Guid Pool)> units)
    {
        (string Path, DirectoryFacts? Facts)[] read = await Task.WhenAll(units.DistinctBy(unit => unit.Path).Select(
            async unit => (unit.Path,
                await reader.FindAsync(unit.Path, unit.Pool, s_patience, CancellationToken.None) ??
                _last.GetValueOrDefault(unit.Path))));
        _last = read.Where(one => one.Facts is not null).ToDictionary(one => one.Path, one => one.Facts!);
        return
        [
            .. read.Where(one => one.Facts is { Problem: null }).DistinctBy(one => one.Facts!.Device).Select(
                one => new DiskReport(one.Path, (long)one.Facts!.FileSystem.Size, (long)one.Facts.FileSystem.Available)),
        ];
    }
}
