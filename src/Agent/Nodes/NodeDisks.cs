using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Linux;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Nodes;

/// <summary>How full the file systems of this node's units are. A disk that hangs holds nobody up: what it said before is said.</summary>
/// <param name="store">The pools of this node.</param>
internal sealed class NodeDisks(PoolStore store)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private Task<DiskReport[]>? _reading;
    private DiskReport[] _last = [];

    /// <summary>Reads it. One caller at a time.</summary>
    internal async Task<DiskReport[]> ReadAsync()
    {
        // A thread of its own: it may never come back.
        _reading ??= Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (await Task.WhenAny(_reading, Task.Delay(s_patience)) == _reading)
        {
            _last = await _reading;
            _reading = null;
        }

        return _last;
    }

    // Each file system once, by the first unit in it.
    private DiskReport[] Read()
    {
        var found = new Dictionary<ulong, DiskReport>();
        var node = ThisNode.Of(store.Paths.Node);
        IEnumerable<PoolMember> units = store.LoadAll().SelectMany(stored => node.UnitsOf(stored.Pool));
        foreach (string path in units.Select(member => member.Unit.Path))
        {
            if (FileStatus.Read(path, out FileStatus place) == Errno.None && !found.ContainsKey(place.Device) &&
                FileSystemStatus.Read(path, out FileSystemStatus space) == Errno.None)
            {
                found[place.Device] = new DiskReport(path, (long)space.Size, (long)space.Available);
            }
        }

        return [.. found.Values];
    }
}
