using System.Diagnostics;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>Pools that nodes have, and that are not the cluster's.</summary>
public sealed class PoolTakeOverTests : IAsyncLifetime
{
    private readonly PoolReport _pool = new(Guid.NewGuid(), "pool1", "started", 1, "d", false);
    private ManagerKnowledge _manager = null!;
    private Guid[] _nodes = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        _nodes = [await _manager.JoinAsync("server1"), await _manager.JoinAsync("server2")];
    }

    public async Task DisposeAsync() => await _manager.DisposeAsync();

    [Fact]
    public async Task What_a_node_does_not_have_any_more_is_forgotten()
    {
        await LookAsync(0, _pool);
        await LookAsync(1, _pool);
        Assert.NotEmpty(TakeOver.Strangers);
        await LookAsync(0);
        Assert.NotEmpty(TakeOver.Strangers);
        await LookAsync(1);
        Assert.Empty(TakeOver.Strangers);

        await LookAsync(1, _pool);
        TakeOver.Forget(_nodes[1]);
        Assert.Empty(TakeOver.Strangers);
    }

    [Fact]
    public async Task A_node_that_does_not_say_what_its_pools_are_is_not_kept_with_its_report()
    {
        await using var agent = await TestAgent.StartAsync(_manager, "127.0.0.1", ManagerKnowledge.Make("pool1", _nodes));
        agent.Pause = TimeSpan.FromMinutes(5);
        var watch = Stopwatch.StartNew();
        Assert.Empty(await agent.ReportAsync(
            [.. Enumerable.Range(1, 4).Select(number => _pool with { Id = Guid.NewGuid(), Name = $"pool{number}" })]));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        Assert.Equal(4, TakeOver.Strangers.Length);
        Assert.All(TakeOver.Strangers, pool => Assert.Contains("within 5 s", pool.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_pool_calls_a_node_is_that_nodes_name_from_then_on_and_nobody_elses_before()
    {
        // Its node was renamed since: it calls that server9 still.
        await using var agent = await TestAgent.StartAsync(_manager, "127.0.0.1", ManagerKnowledge.Make("pool1", _nodes[..1]));
        agent.Pool = agent.Pool.SelectUnits(unit => unit with { Node = unit.Node with { Name = "server9" } });
        PoolReport report = _pool with { Id = agent.Pool.Id, Digest = PoolRevision.DigestOf(agent.Pool) };
        Guid other = await _manager.JoinAsync("server9");
        Assert.Empty(await agent.ReportAsync(report));
        Assert.Contains(
            "it calls the node 127.0.0.1 server9, and so is another one called", Assert.Single(TakeOver.Strangers).Problem,
            StringComparison.Ordinal);

        await _manager.Get<NodeRemoval>().RemoveAsync("server9", default);
        Assert.Null(await _manager.Get<NameReservations>().FindOwnerAsync("server9", default));
        Assert.Equal(["pool1"], await agent.ReportAsync(report));
        Assert.Equal(agent.Node, await _manager.Get<NameReservations>().FindOwnerAsync("server9", default));
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => _manager.JoinAsync("server9"));
        Assert.Contains("pools call the node 127.0.0.1 so still", refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual(other, agent.Node);
    }

    [Fact]
    public async Task A_pool_that_is_adopted_keeps_which_of_its_nodes_were_drained()
    {
        await using var agent = await TestAgent.StartAsync(_manager, "127.0.0.1", ManagerKnowledge.Make("pool1", _nodes[..1]));
        KnownPool known = await _manager.AddAsync("pool1", PoolPhase.Started, [agent.Node]);
        agent.Pool = agent.Pool with { Id = known.Record.Id, Revision = 3 };
        await agent.ReportAsync(_pool with { Id = known.Record.Id, Revision = 3, Digest = PoolRevision.DigestOf(agent.Pool) });

        // Another node is none of the pool's any more.
        await _manager.Get<IStateStore>().CommitAsync(
            [
                PoolRegistry.Write(
                    known,
                    known.Record with { IsOlder = true, Drained = [_nodes[0], agent.Node], Unstarted = [agent.Node, _nodes[1]] }),
            ],
            default);
        await TakeOver.TakeOverAsync("pool1", "127.0.0.1", default);
        PoolRecord adopted = (await _manager.Get<PoolRegistry>().GetAsync("pool1", default)).Record;
        Assert.Equal([agent.Node], adopted.Drained!);
        Assert.Equal([agent.Node], adopted.Unstarted!);
    }

    private PoolTakeOver TakeOver => _manager.Get<PoolTakeOver>();

    private Task<string[]> LookAsync(int node, params PoolReport[] pools) => TakeOver.LookAsync(
        _nodes[node], new NodeReport(Guid.NewGuid(), $"server{node + 1}", 1, "0.1.0", DateTimeOffset.UtcNow, pools), default);
}
