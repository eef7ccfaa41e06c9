using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>A manager whose state is an older copy finds that out from nodes, and does not act.</summary>
public sealed class OlderStateTests : IAsyncLifetime
{
    private ManagerKnowledge _manager = null!;
    private Guid[] _nodes = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        _nodes = [await _manager.JoinAsync("server1")];
    }

    public async Task DisposeAsync() => await _manager.DisposeAsync();

    [Fact]
    public async Task Tasks_go_on_above_what_a_node_has_seen()
    {
        Assert.Equal(0L, (await LookAsync(41)).Known);
        Assert.Null((await LookAsync(41)).Known);
        Assert.Null((await LookAsync(40)).Known);
        Assert.Equal(42, (await _manager.Get<TaskNumbers>().TakeAsync(default)).Number);
        Assert.Contains("server1 had seen the task 41", Assert.Single(await Older.DescribeAsync(default)), StringComparison.Ordinal);

        // One that no cluster has had is of a broken node.
        Assert.Null((await LookAsync(long.MaxValue)).Known);

        // Another node has seen more: the number that was raised for the first one is that of no task.
        Assert.Equal(0L, (await LookAsync(50)).Known);
        Assert.Contains(
            "it ended with the task 0, and server1 had seen the task 50", Assert.Single(await Older.DescribeAsync(default)),
            StringComparison.Ordinal);

        // It is no news any more when a task has begun.
        (_, StateWrite write) = await _manager.Get<TaskNumbers>().TakeAsync(default);
        await _manager.Get<IStateStore>().CommitAsync([write], default);
        Assert.Empty(await Older.DescribeAsync(default));
    }

    [Fact]
    public async Task A_pool_that_is_there_as_it_is_here_is_not_older_whatever_was_done_since()
    {
        KnownPool known = await AddAsync(last: 7);
        PoolReport there = ReportOf(known) with { Generation = 8 };
        Assert.Empty((await LookAsync(8, there)).Pools);
        Assert.False((await GetAsync()).Record.IsOlder);
        Assert.Equal(["pool1"], (await LookAsync(8, there with { IsChanging = true })).Pools);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 8)]
    public async Task Nothing_is_done_with_a_pool_of_which_a_node_knows_more(int revision, long generation)
    {
        KnownPool known = await AddAsync(last: 7);
        PoolReport there = ReportOf(known) with { Revision = revision, Generation = generation, State = "stopped" };
        Assert.True(known.IsBehind(_nodes[0], Report(generation, there)));
        Assert.Equal(["pool1"], (await LookAsync(generation, there)).Pools);
        Assert.Empty((await LookAsync(generation, there)).Pools);

        KnownPool older = await GetAsync();
        Assert.True(older.Record.IsOlder);
        Assert.False(older.IsBehind(_nodes[0], Report(generation, there)));
        await RefusedAsync(new StartOrder("pool1", MayDisturbExports: false));
        await RefusedAsync(new ChangeOrder("pool1", new() { ["a"] = "1" }, [], false, new StepChangeTerms(false, false)));
        await RefusedAsync(new CatchUpOrder("pool1", _nodes[0]));
        Assert.Contains(await Older.DescribeAsync(default), line => line.StartsWith("pool1 is later", StringComparison.Ordinal));
        Assert.Contains("kadalu pool adopt pool1", _manager.Get<PoolViews>().Describe(older).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(1, 0)]
    public async Task A_node_that_knows_less_or_the_same_is_told(int revision, long generation)
    {
        KnownPool known = await AddAsync(last: 7);
        PoolReport there = ReportOf(known) with { Revision = revision, Generation = generation, State = "stopped" };
        Assert.Empty((await LookAsync(generation, there)).Pools);
        Assert.True((await GetAsync()).IsBehind(_nodes[0], Report(generation, there)));
    }

    [Fact]
    public async Task A_pool_that_was_deleted_since_is_not_made_again()
    {
        await AddAsync(last: 7);
        await _manager.Get<IStateStore>().CommitAsync([(await _manager.Get<TaskNumbers>().RaiseAsync(7, default))!], default);

        // A node that has lost it with its disk is another matter.
        Assert.Empty((await LookAsync(7)).Pools);
        Assert.Empty((await LookAsync(0)).Pools);
        Assert.Equal(["pool1"], (await LookAsync(9)).Pools);
        Assert.False((await GetAsync()).IsBehind(_nodes[0], Report(9)));
    }

    [Fact]
    public async Task When_all_nodes_have_said_what_they_know_a_pool_that_one_has_lost_is_lost()
    {
        Guid other = await _manager.JoinAsync("server2");
        KnownPool known = await AddAsync(last: 7);
        await _manager.Get<IStateStore>().CommitAsync([(await _manager.Get<TaskNumbers>().RaiseAsync(7, default))!], default);
        PoolReport there = ReportOf(known);
        Assert.Equal(7L, (await LookAsync(9, there)).Known);
        Assert.True(await IsKeptAsync());

        // No task has begun since, and one node was not heard of.
        _manager.Get<NodePresence>().Note(_nodes[0], Report(9, there));
        await LookAsync(9, there);
        (_, StateWrite number) = await _manager.Get<TaskNumbers>().TakeAsync(default);
        await _manager.Get<IStateStore>().CommitAsync([number], default);
        await LookAsync(9, there);
        Assert.True(await IsKeptAsync());
        _manager.Get<NodePresence>().Note(other, Report(9));
        await LookAsync(9, there);
        Assert.False(await IsKeptAsync());

        // Its disk is another one now.
        Assert.Empty((await LookAsync(9)).Pools);
        Assert.True((await GetAsync()).IsBehind(_nodes[0], Report(9)));
    }

    private async Task<bool> IsKeptAsync() =>
        await _manager.Get<IStateStore>().FindAsync(StateKind.Cluster, "older", default) is not null;

    [Fact]
    public async Task While_a_task_runs_nodes_may_be_told_more_than_the_pool_is()
    {
        KnownPool known = await AddAsync(last: 7, task: 7);
        Assert.Empty((await LookAsync(7, ReportOf(known) with { Revision = 2 })).Pools);
        Assert.False((await GetAsync()).Record.IsOlder);
    }

    [Fact]
    public async Task A_pool_that_is_taken_over_has_seen_all_that_its_nodes_have()
    {
        Pool pool = ManagerKnowledge.Make("pool1", _nodes);
        await using var agent = await TestAgent.StartAsync(_manager, "127.0.0.1", pool);
        pool = agent.Pool;
        var there = new PoolReport(pool.Id, "pool1", "started", 3, PoolRevision.DigestOf(pool), false, 9);
        _ = await Older.LookAsync(agent.Node, Report(9, there), default);
        Assert.Equal(["pool1"], await agent.ReportAsync(there));
        KnownPool known = await GetAsync();
        Assert.Equal((9L, false, 3), (known.Record.Last, known.Record.IsOlder, known.Pool.Revision));
        Assert.Empty((await LookAsync(9, there)).Pools);

        // Later it has another unit: this state does not know of it, and takes it after a word of a person.
        agent.Pool = pool.SelectUnits(unit => unit with { Path = "/data/other", Port = 24200 });
        PoolReport later = there with { Revision = 5, Generation = 12, Digest = PoolRevision.DigestOf(agent.Pool) };
        Assert.Empty(await agent.ReportAsync(later));
        Assert.Equal(["pool1"], (await LookAsync(12, later)).Pools);
        await _manager.Get<PoolTakeOver>().TakeOverAsync("pool1", "127.0.0.1", default);
        known = await GetAsync();
        Assert.Equal((12L, false, 6), (known.Record.Last, known.Record.IsOlder, known.Pool.Revision));
        Assert.Equal(PoolPhase.Started, known.Record.Phase);
        StateDocument unit = Assert.Single(await _manager.Get<IStateStore>().ListAsync(StateKind.Units, "", default));
        Assert.EndsWith("/data/other", unit.Key, StringComparison.Ordinal);
        Assert.Equal([24200], await _manager.Get<PoolRegistry>().ListPortsAsync(agent.Node, default));
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(
            () => _manager.Get<PoolTakeOver>().TakeOverAsync("pool1", "127.0.0.1", default));
        Assert.Contains("is the cluster's already", refusal.Message, StringComparison.Ordinal);
    }

    private OlderState Older => _manager.Get<OlderState>();

    private async Task<KnownPool> AddAsync(long last, long? task = null)
    {
        KnownPool known = await _manager.AddAsync("pool1", PoolPhase.Started, _nodes, task: task);
        await _manager.Get<IStateStore>().CommitAsync([PoolRegistry.Write(known, known.Record with { Last = last })], default);
        return await GetAsync();
    }

    private Task<KnownPool> GetAsync() => _manager.Get<PoolRegistry>().GetAsync("pool1", default);

    private static PoolReport ReportOf(KnownPool known) =>
        new(known.Record.Id, "pool1", "started", 1, PoolRevision.DigestOf(known.Pool), false);

    private static NodeReport Report(long generation, params PoolReport[] pools) =>
        new(Guid.NewGuid(), "server1", 1, "0.1.0", DateTimeOffset.UtcNow, pools, generation);

    private Task<(long? Known, string[] Pools)> LookAsync(long generation, params PoolReport[] pools) =>
        Older.LookAsync(_nodes[0], Report(generation, pools), default);

    private async Task RefusedAsync(PoolOrder order)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(
            async () => await _manager.Get<TaskOrders>().BeginAsync(order, await GetAsync(), default));
        Assert.Contains("nodes know more of pool1", refusal.Message, StringComparison.Ordinal);
    }
}
