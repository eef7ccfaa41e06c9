using System.Net;
using System.Net.Sockets;
using KadaluFsd.Agent.Checks;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Tests.Checks;

/// <summary>Units, self-heal daemons and ports of a node.</summary>
public sealed class UnitChecksTests
{
    private static readonly Pool s_pool = CheckedPools.Make();
    private static readonly PoolUnit s_unit = s_pool.Groups[0].Units[0];

    [Fact]
    public void A_port_on_which_nobody_listens_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Pool pool = CheckedPools.Make(port: port);
        RunningUnit[] units = [CheckedPools.Says(pool, pool.Groups[0].Units[0] with { Port = port }, "ready")];
        NodeFinding well = Assert.Single(UnitChecks.CheckPorts(units, NodePorts.Read().Listening));
        Assert.Equal((FindingVerdict.Well, $"listened on: {port}, {port}"), (well.Verdict, well.Said));

        listener.Stop();
        NodeFinding[] found = [.. UnitChecks.CheckPorts(units, NodePorts.Read().Listening)];
        Assert.Equal(2, found.Count(finding => finding.Verdict == FindingVerdict.Wrong));
        Assert.Contains($"port {port}, of pool1 for /a", found[0].Said, StringComparison.Ordinal);
        Assert.Contains("kadalu pool start pool1", found[0].ToDo!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_without_units_is_well()
    {
        Assert.Equal(FindingVerdict.Well, Assert.Single(UnitChecks.CheckPorts([], new HashSet<int>())).Verdict);
        Assert.Equal(FindingVerdict.Well, Assert.Single(UnitChecks.CheckProcesses(new RunningPools([], []))).Verdict);
    }

    [Fact]
    public void A_unit_that_does_not_run_says_how_it_ended()
    {
        NodeFinding found = First(CheckedPools.Down(s_pool, s_unit));
        Assert.Equal(FindingVerdict.Wrong, found.Verdict);
        Assert.Equal("/a of pool1 does not run: it was killed; its log is /log", found.Said);
        Assert.Contains("kadalu pool start pool1", found.ToDo!, StringComparison.Ordinal);
        Assert.Contains("does not answer", First(CheckedPools.Silent(s_pool, s_unit)).Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ready", 0, FindingVerdict.Well)]
    [InlineData("ready", 3, FindingVerdict.Warning)]
    [InlineData("starting", 0, FindingVerdict.Warning)]
    [InlineData("draining", 0, FindingVerdict.Warning)]
    [InlineData("degraded", 0, FindingVerdict.Wrong)]
    [InlineData("failed", 0, FindingVerdict.Wrong)]
    public void What_a_unit_says_of_itself_counts(string state, long heals, FindingVerdict verdict)
    {
        NodeFinding found = First(CheckedPools.Says(s_pool, s_unit, state, ["disk-full: x"], heals));
        Assert.Equal(verdict, found.Verdict);
        Assert.Equal(verdict == FindingVerdict.Well, found.ToDo is null);
    }

    [Fact]
    public void A_self_heal_daemon_that_misses_a_unit_of_another_node_says_which()
    {
        RunningUnit[] units = [CheckedPools.Down(s_pool, s_unit)];
        NodeFinding[] found =
        [
            .. UnitChecks.CheckProcesses(new RunningPools(
                units,
                [
                    CheckedPools.Heals(
                        s_pool, new HealedUnitStatus("c0", "server1", "/a", "g", IsConnected: false),
                        new HealedUnitStatus("c1", "server2", "/b", "g", IsConnected: false),
                        new HealedUnitStatus("c2", "server3", "/c", "g", IsConnected: true)),
                ])).Where(finding => finding.Verdict == FindingVerdict.Wrong),
        ];
        Assert.Equal(2, found.Length);
        Assert.Equal("the self-heal daemon of pool1: server2:/b is not connected", found[1].Said);
    }

    [Fact]
    public void A_self_heal_daemon_that_does_not_run_or_is_switched_off_is_named()
    {
        RunningUnit[] units = [CheckedPools.Says(s_pool, s_unit, "ready")];
        NodeFinding gone = UnitChecks.CheckProcesses(new RunningPools(units, [new RunningDaemon(s_pool, null, ["killed"])])).First();
        Assert.Equal((FindingVerdict.Wrong, "the self-heal daemon of pool1 does not run: killed"), (gone.Verdict, gone.Said));
        Pool off = s_pool with { Options = s_pool.Options.SetItem("cluster.self-heal-daemon", "off") };
        NodeFinding switched = UnitChecks.CheckProcesses(new RunningPools(units, [CheckedPools.Heals(off)])).First();
        Assert.Equal(FindingVerdict.Warning, switched.Verdict);
        Assert.Equal("kadalu pool reset pool1 cluster.self-heal-daemon", switched.ToDo);
    }

    [Fact]
    public void Processes_of_another_version_than_what_is_installed_are_to_be_restarted()
    {
        var running = new RunningPools(
            [CheckedPools.Says(s_pool, s_unit, "ready", version: "0.0.9")], [CheckedPools.Heals(s_pool)]);
        NodeFinding old = VersionCheck.Check("10.3", null, running).First();
        Assert.Equal((FindingVerdict.Wrong, "kadalu pool restart pool1 --rolling"), (old.Verdict, old.ToDo));
        Assert.Contains("/a of pool1 runs version 0.0.9", old.Said, StringComparison.Ordinal);
        Assert.Equal(3, VersionCheck.Check("11.1", null, running).Count());
        NodeFinding none = VersionCheck.Check(null, "it is not installed", running).First();
        Assert.Equal("GlusterFS cannot be loaded: it is not installed", none.Said);
    }

    private static NodeFinding First(RunningUnit unit) => UnitChecks.CheckProcesses(new RunningPools([unit], [])).First();
}
