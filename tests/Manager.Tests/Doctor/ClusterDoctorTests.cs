using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Manager.Doctor;
using KadaluFsd.Manager.Tests.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Doctor;

/// <summary>All nodes are asked, and what they say is put together.</summary>
public sealed class ClusterDoctorTests : IAsyncLifetime
{
    private ManagerKnowledge _manager = null!;

    public async Task InitializeAsync() => _manager = await ManagerKnowledge.CreateAsync();

    public async Task DisposeAsync() => await _manager.DisposeAsync();

    [Fact]
    public async Task A_node_that_answers_says_itself_how_it_is()
    {
        Pool pool = ManagerKnowledge.Make("pool1", [Guid.NewGuid()]);
        await using var agent = await TestAgent.StartAsync(_manager, "127.0.0.1", pool);
        agent.Findings =
        [
            NodeFinding.Wrong(CheckNames.Mounts, "/u is not there", "mount it"),
            NodeFinding.Well(CheckNames.Mounts, "mounted: /v"), NodeFinding.Well(CheckNames.Disks, "space left"),
        ];
        await agent.ReportAsync();
        DoctorReport report = await ExamineAsync();
        Assert.False(report.IsWell);
        Assert.Equal(
            [CheckNames.Cluster, CheckNames.Agent, CheckNames.Clock, CheckNames.Mounts, CheckNames.Disks, CheckNames.Definitions],
            report.Lines.Select(line => line.Check));
        Assert.Equal([null, "127.0.0.1"], report.Lines.Select(line => line.Node).Distinct());
        DoctorLine wrong = Assert.Single(report.Lines, line => line.Verdict == FindingVerdict.Wrong);
        Assert.Equal(("/u is not there", "mount it"), (wrong.Said, wrong.ToDo));

        agent.Findings = [NodeFinding.Warning(CheckNames.Mounts, "/u is in the root file system", "move it")];
        Assert.True((await ExamineAsync()).IsWell);
        agent.Time = DateTimeOffset.UtcNow.AddMinutes(-1);
        DoctorLine clock = Assert.Single((await ExamineAsync()).Lines, line => line.Verdict == FindingVerdict.Wrong);
        Assert.Equal(CheckNames.Clock, clock.Check);
    }

    [Fact]
    public async Task A_node_that_nobody_can_reach_is_told_beside_those_that_answer()
    {
        await _manager.JoinAsync("server.invalid");
        Pool pool = ManagerKnowledge.Make("pool1", [Guid.NewGuid()]);
        await using var agent = await TestAgent.StartAsync(_manager, "127.0.0.1", pool);
        await agent.ReportAsync();
        DoctorReport report = await ExamineAsync();
        DoctorLine wrong = Assert.Single(report.Lines, line => line.Verdict == FindingVerdict.Wrong);
        Assert.Equal(("server.invalid", CheckNames.Agent), (wrong.Node, wrong.Check));
        Assert.StartsWith("it does not answer: server.invalid:1: ", wrong.Said, StringComparison.Ordinal);
        Assert.Contains("nodes: 2, pools: 0", report.Lines[0].Said, StringComparison.Ordinal);
    }

    private Task<DoctorReport> ExamineAsync() => _manager.Get<ClusterDoctor>().ExamineAsync(default);
}
