using System.Diagnostics;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Manager.Pools;

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

    private PoolTakeOver TakeOver => _manager.Get<PoolTakeOver>();

    private Task<string[]> LookAsync(int node, params PoolReport[] pools) => TakeOver.LookAsync(
        _nodes[node], new NodeReport(Guid.NewGuid(), $"server{node + 1}", 1, "0.1.0", DateTimeOffset.UtcNow, pools), default);
}
