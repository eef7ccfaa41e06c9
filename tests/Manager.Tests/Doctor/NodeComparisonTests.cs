using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Doctor;

namespace KadaluFsd.Manager.Tests.Doctor;

/// <summary>Nodes compared with the manager and with each other.</summary>
public sealed class NodeComparisonTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(-1, -1)]
    [InlineData(6, 1)]
    public void A_clock_is_off_by_as_much_as_is_sure(double said, double offset) => Assert.Equal(
        TimeSpan.FromSeconds(offset), NodeComparison.OffsetOf(s_now.AddSeconds(said), s_now, s_now.AddSeconds(5)));

    [Theory]
    [InlineData(1.9, FindingVerdict.Well, "it is the manager's")]
    [InlineData(2.5, FindingVerdict.Wrong, "it is 2.5 s ahead of the manager's")]
    [InlineData(-90, FindingVerdict.Wrong, "it is 90 s behind the manager's")]
    public void A_clock_that_is_off_is_told(double seconds, FindingVerdict verdict, string said)
    {
        NodeFinding found = Find(Make("server1") with { ClockOffset = TimeSpan.FromSeconds(seconds) }, CheckNames.Clock).Single();
        Assert.Equal((verdict, said), (found.Verdict, found.Said));
    }

    [Fact]
    public void A_node_that_does_not_answer_or_report_is_told_with_the_reason()
    {
        ExaminedNode gone = Make("server1") with { Checkup = null, Problem = "server1:24011: Connection refused" };
        PoolSummary[] pools = [new(Guid.NewGuid(), "pool1", "Mirror", "started", null, ["server1"], [], null)];
        NodeFinding[] found = [.. Check(gone, [gone], pools)];
        Assert.Equal([CheckNames.Agent], found.Select(finding => finding.Check));
        Assert.Equal(
            [CheckNames.Agent, CheckNames.Definitions],
            Check(gone, [gone], [pools[0] with { Behind = ["server1"] }]).Select(finding => finding.Check));
        Assert.Equal("it does not answer: server1:24011: Connection refused", found[0].Said);
        Assert.Contains("kadalu node remove server1", found[0].ToDo!, StringComparison.Ordinal);

        // One that refuses, such as for its clock, is up and is not to be removed.
        NodeFinding refused = Find(gone with { Problem = "server1:24011: do the clocks differ?", IsRefused = true }, CheckNames.Agent).Single();
        Assert.Contains("chronyc", refused.ToDo!, StringComparison.Ordinal);

        NodeFinding silent = Find(Make("server1") with { Silence = TimeSpan.FromSeconds(40) }, CheckNames.Agent).Single();
        Assert.Equal((FindingVerdict.Wrong, true), (silent.Verdict, silent.Said.EndsWith("for 40 s", StringComparison.Ordinal)));
        NodeFinding never = Find(Make("server1") with { Silence = TimeSpan.MaxValue }, CheckNames.Agent).Single();
        Assert.EndsWith("does not report", never.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_agents_that_report_as_one_node_are_told_with_their_addresses()
    {
        NodeFinding found = Find(Make("server1") with { Twins = ["192.0.2.1", "192.0.2.9"] }, CheckNames.Agent).Single();
        Assert.Equal(FindingVerdict.Wrong, found.Verdict);
        Assert.Contains("from 192.0.2.1 and 192.0.2.9:", found.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_versions_than_the_managers_and_most_nodes_are_told()
    {
        ExaminedNode other = Make("server3", "0.0.9", "9.6");
        ExaminedNode[] all = [Make("server1"), Make("server2"), other];
        NodeFinding[] found = [.. Find(other, CheckNames.Versions, all)];
        Assert.Equal(2, found.Length);
        Assert.StartsWith("it has version 0.0.9, and the manager", found[0].Said, StringComparison.Ordinal);
        Assert.Equal("it has GlusterFS 9.6, and most nodes have 10.3", found[1].Said);
        Assert.Empty(Find(all[0], CheckNames.Versions, all));
    }

    [Fact]
    public void Of_as_many_nodes_with_each_version_those_with_the_earlier_one_are_told()
    {
        ExaminedNode[] all = [Make("server1", glusterFs: "10.3"), Make("server2", glusterFs: "10.4")];
        Assert.Single(Find(all[0], CheckNames.Versions, all));
        Assert.Empty(Find(all[1], CheckNames.Versions, all));
    }

    [Fact]
    public void A_pool_of_which_a_node_has_missed_something_is_told_for_that_node_alone()
    {
        PoolSummary[] pools = [new(Guid.NewGuid(), "pool1", "Mirror", "started", null, ["server1", "server2"], ["server2"], null)];
        ExaminedNode[] all = [Make("server1"), Make("server2"), Make("server3")];
        NodeFinding[] found =
            [.. all.Select(node => Check(node, all, pools).First(one => one.Check == CheckNames.Definitions))];
        Assert.Equal(
            ["up to date: pool1", "it has not been told everything of pool1", "no pool has units on it"],
            found.Select(finding => finding.Said));
        Assert.Equal(FindingVerdict.Wrong, found[1].Verdict);
    }

    [Fact]
    public void A_pool_that_calls_a_node_by_an_earlier_name_is_told()
    {
        PoolSummary[] pools =
        [
            new(Guid.NewGuid(), "pool1", "Mirror", "started", null, ["old1", "server2"], ["old1"], null),
            new(Guid.NewGuid(), "pool2", "Mirror", "started", null, ["server1", "server2"], [], null),
        ];
        ExaminedNode node = Make("server1") with { OtherNames = new Dictionary<Guid, string> { [pools[0].Id] = "old1" } };
        NodeFinding[] found =
            [.. Check(node, [node], pools).Where(finding => finding.Check == CheckNames.Definitions)];
        Assert.Equal(
            [FindingVerdict.Warning, FindingVerdict.Wrong, FindingVerdict.Well], found.Select(finding => finding.Verdict));
        Assert.Equal(
            ("pool1 calls it old1 still", "kadalu node rename server1 server1"), (found[0].Said, found[0].ToDo));
        Assert.Equal("it has not been told everything of pool1", found[1].Said);
    }

    [Fact]
    public void What_a_drain_has_stopped_is_told_as_that_and_in_one_line()
    {
        Guid pool = Guid.NewGuid();
        NodeFinding Stopped(string? unit) =>
            NodeFinding.Wrong(CheckNames.Units, $"{unit ?? "the self-heal daemon"} does not run", "kadalu pool start") with
            {
                Stopped = new StoppedProcess(pool, unit),
            };
        ExaminedNode Finds(string name, params NodeFinding[] findings) =>
            Make(name) with { Checkup = new NodeCheckup(s_now, ProgramVersion.Text, "10.3", findings) };
        ExaminedNode drained = Finds("server1", Stopped("server1:/a"), Stopped(null)) with
        {
            Drained = new Dictionary<Guid, string> { [pool] = "pool1" },
        };
        ExaminedNode other = Finds("server2", Stopped("server1:/a"), Stopped("server2:/a"), Stopped(null));
        var unit = new StoppedProcess(pool, "server1:/a");
        NodeFinding told = Assert.Single(
            Check(drained, [drained, other], [], unit), finding => finding.Check == CheckNames.Units);
        Assert.Equal(
            (FindingVerdict.Warning, "it is drained: its units of pool1 were stopped", "kadalu node resume server1 starts them"),
            (told.Verdict, told.Said, told.ToDo));
        Assert.Equal(
            ["server2:/a does not run", "the self-heal daemon does not run"],
            Check(other, [drained, other], [], unit).Where(finding => finding.Check == CheckNames.Units).Select(one => one.Said));

        // Of a pool that is being deleted nothing is to run.
        var deleting = new PoolSummary(pool, "pool1", "Mirror", "deleting", null, ["server1"], [], null);
        Assert.DoesNotContain(Check(other, [drained, other], [deleting]), finding => finding.Check == CheckNames.Units);
    }

    private static ExaminedNode Make(string name, string? version = null, string glusterFs = "10.3") =>
        new(name, $"{name}:24011", null) { Checkup = new NodeCheckup(s_now, version ?? ProgramVersion.Text, glusterFs, []) };

    private static IEnumerable<NodeFinding> Find(ExaminedNode node, string check, ExaminedNode[]? all = null) =>
        Check(node, all ?? [node], []).Where(finding => finding.Check == check);

    private static IEnumerable<NodeFinding> Check(
        ExaminedNode node, ExaminedNode[] all, PoolSummary[] pools, params StoppedProcess[] drained) =>
        NodeComparison.Check(node, all, pools, drained.ToHashSet());
}
