using KadaluFsd.Contract;
using KadaluFsd.Daemons.Heal;
using KadaluFsd.Daemons.Unit;
using KadaluFsd.Native;
using KadaluFsd.Serving.Volfiles;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Reference;

/// <summary>The metrics of a unit and of a self-heal daemon that have something to say of everything.</summary>
internal static class MetricSamples
{
    private static readonly FileSystemFigures s_fileSystem = new(1, 1, 1, 1, 1, IsReadOnly: false);

    /// <summary>A unit's <c>/metrics</c>.</summary>
    internal static string OfUnit() => UnitMetrics.Write(new UnitFigures(
        new UnitStatus(
            "ready", [], "/data1/u", Guid.Empty, "/var/lib/kadalu/volfiles/pool1.server1.data1.vol",
            new PoolRevision("pool1", 1, "0123456789abcdef"), 24200, null, 1, "0", "10", 1, 1, null, [], 0, 0, 0, 0,
            new Dictionary<string, long> { ["xattrop"] = 0, ["dirty"] = 0, ["interrupted"] = 0, ["marks"] = 0 },
            1, "INFO", 0, s_fileSystem, [], UnitHealth.Unknown),
        IsReady: true, IsGraphDown: false, new GraphConnectionCounts(0, 0, 0, 0, 0, 0, 0),
        [new OperationCount("WRITE", 1, 0, 1, 1, 1)], (1, 1), new VolfileCounters(), 1));

    /// <summary>A self-heal daemon's.</summary>
    internal static string OfHealDaemon() => HealMetrics.Write(
        new HealDaemonStatus(
            "ready", [], "/var/lib/kadalu/volfiles/shd.pool1.vol", 1, "0", "10", 1, 1, null, [],
            [new HealedUnitStatus("pool1-client-0", "server1", "/data1/u", "pool1-replicate-0", IsConnected: true)], 1, "INFO", 0,
            0, []),
        [new HealCrawl("pool1-replicate-0", "pool1-client-0", IsFull: false, DateTime.UnixEpoch, DateTime.UnixEpoch, 1, 0, 0)], 1);
}
