using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Manager.Heals;
using KadaluFsd.Manager.Questions;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Heals;

/// <summary>What nodes know of heals, put together.</summary>
public class HealSummaryTests
{
    private static readonly DateTime s_now = new(2026, 11, 30, 12, 0, 0, DateTimeKind.Utc);

    private static readonly Pool s_pool = new("p", Guid.NewGuid())
    {
        Groups =
            [new(GroupKind.Mirror, [.. Enumerable.Range(1, 3).Select(node => new PoolUnit(new PoolNode($"n{node}"), "/u"))])],
    };

    [Fact]
    public void Where_all_units_say_so_nothing_waits()
    {
        HealStatus status = HealSummary.Of(s_pool, [Says(1), Says(2), Says(3)]);
        Assert.Equal((HealStatus.Nothing, 0L), (status.Verdict, status.Waiting));
        Assert.Empty(status.Problems);
        Assert.Equal(["n1:/u", "n2:/u", "n3:/u"], status.Units.Select(unit => unit.Unit));
    }

    [Fact]
    public void The_unit_of_a_group_with_most_files_counts_once()
    {
        HealStatus status = HealSummary.Of(s_pool, [Says(1, waiting: 5), Says(2, waiting: 4, changing: 9), Says(3)]);
        Assert.Equal((HealStatus.Waits, 5L), (status.Verdict, status.Waiting));
        Assert.Equal(9, status.Units[1].Changing);
    }

    [Fact]
    public void A_unit_that_is_down_leaves_the_rest_unknown_with_its_reason()
    {
        var silent = new NodeReply<NodeHeals>("n3", null, new NodeProblem("n3", "no answer", 7));
        HealStatus status = HealSummary.Of(s_pool, [Says(1), Says(2), silent]);
        Assert.Equal(HealStatus.Unknown, status.Verdict);
        Assert.Contains("n3 says nothing", Assert.Single(status.Problems), StringComparison.Ordinal);
        NodeReply<NodeHeals> down = Says(3, isDown: true);
        status = HealSummary.Of(s_pool, [Says(1), Says(2), down]);
        Assert.Equal(HealStatus.Unknown, status.Verdict);
        Assert.Contains("n3:/u is not known: it is down", Assert.Single(status.Problems), StringComparison.Ordinal);
        Assert.Null(status.Units[2].Waiting);
        Assert.Equal(HealStatus.Waits, HealSummary.Of(s_pool, [Says(1, waiting: 1), Says(2), down]).Verdict);
    }

    [Fact]
    public void That_a_unit_is_not_reached_is_said_once_and_not_of_one_that_is_down()
    {
        NodeReply<NodeHeals> first = Says(1, unreached: "n3:/u");
        NodeReply<NodeHeals> second = Says(2, unreached: "n3:/u");
        Assert.Equal(
            ["n3:/u is not reached by the self-heal daemons of n1, n2"],
            HealSummary.Of(s_pool, [first, second, Says(3)]).Problems);
        Assert.Equal(
            ["what waits on n3:/u is not known: it is down"],
            HealSummary.Of(s_pool, [first, second, Says(3, isDown: true)]).Problems);
    }

    [Fact]
    public void What_has_to_be_compared_waits_too() =>
        Assert.Equal(HealStatus.Waits, HealSummary.Of(s_pool, [Says(1, toCompare: 1), Says(2), Says(3)]).Verdict);

    [Fact]
    public void A_crawl_that_runs_says_how_long_it_takes_still()
    {
        HealStatus status = HealSummary.Of(
            s_pool, [Says(1, waiting: 40, crawl: Crawl(1, 10, healed: 20)), Says(2, waiting: 40), Says(3)]);
        Assert.Equal((2, 20), (status.FilesPerSecond!.Value, status.SecondsLeft!.Value));
        Assert.Null(HealSummary.Of(s_pool, [Says(1, waiting: 40), Says(2), Says(3)]).FilesPerSecond);
        Assert.Null(HealSummary.Of(
            s_pool, [Says(1, waiting: 40, crawl: Crawl(1, 10, healed: 0)), Says(2), Says(3)]).SecondsLeft);
    }

    [Fact]
    public void A_split_brain_that_was_resolved_since_is_none_any_more()
    {
        UnitCrawl ended = Crawl(1, 10, healed: 0) with { Ended = s_now, SplitBrain = 2 };
        HealStatus status = HealSummary.Of(s_pool, [Says(1, waiting: 2, crawl: ended), Says(2), Says(3)]);
        Assert.Equal(2, status.SplitBrain);
        Assert.Contains("--split-brain", Assert.Single(status.Problems), StringComparison.Ordinal);
        status = HealSummary.Of(s_pool, [Says(1, crawl: ended), Says(2), Says(3)]);
        Assert.Equal((HealStatus.Nothing, 0L), (status.Verdict, status.SplitBrain));
        Assert.Null(HealSummary.Of(s_pool, [Says(1), Says(2), Says(3)]).SplitBrain);
    }

    private static UnitCrawl Crawl(int node, int seconds, long healed) =>
        new($"n{node}:/u", IsFull: false, s_now.AddSeconds(-seconds), null, healed, 0, 46);

    private static NodeReply<NodeHeals> Says(
        int node, long waiting = 0, long changing = 0, int toCompare = 0, bool isDown = false, UnitCrawl? crawl = null,
        string? unreached = null) =>
        new($"n{node}", new NodeHeals(
            s_now,
            [
                new UnitPending(
                    $"n{node}:/u",
                    isDown
                        ? null
                        : new Dictionary<string, long> { ["xattrop"] = waiting, ["dirty"] = changing, ["interrupted"] = 0 },
                    isDown ? "it is down" : null),
            ],
            new HealDaemonState(null, unreached is null ? [] : [unreached], toCompare, crawl is null ? [] : [crawl])), null);
}
