using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>What nodes say of drains holds, however the tasks have ended.</summary>
public sealed class DrainNotesTests : IAsyncLifetime
{
    private ManagerKnowledge _manager = null!;
    private Guid[] _nodes = null!;
    private KnownPool _pool = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        _nodes = [await _manager.JoinAsync("server1"), await _manager.JoinAsync("server2")];
        _pool = await _manager.AddAsync("pool1", PoolPhase.Started, _nodes);
    }

    public async Task DisposeAsync() => await _manager.DisposeAsync();

    [Fact]
    public async Task What_a_node_says_is_noted()
    {
        await SayAsync(1, isDrained: true);
        Assert.Equal([_nodes[1]], (await GetAsync()).Drained!);
        await SayAsync(0, isDrained: true);
        await SayAsync(0, isDrained: true);
        Assert.Equal([_nodes[1], _nodes[0]], (await GetAsync()).Drained!);
        await SayAsync(1, isDrained: false);
        Assert.Equal([_nodes[0]], (await GetAsync()).Drained!);
        await SayAsync(0, isDrained: null);
        Assert.Equal([_nodes[0]], (await GetAsync()).Drained!);
        await SayAsync(0, isDrained: false);
        Assert.Null((await GetAsync()).Drained);
    }

    [Fact]
    public async Task What_is_not_of_the_pool_as_it_is_to_be_is_not_noted()
    {
        // Its definition is lost there: it is a stopped one for a moment.
        await ChangeAsync(record => record with { Drained = [_nodes[0]] });
        await SayAsync(0, isDrained: false, state: "stopped");
        Assert.Equal([_nodes[0]], (await GetAsync()).Drained!);

        // A task has the say; a node that was away when the pool was started has to do that still.
        await ChangeAsync(record => record with { Drained = null, Task = 7 });
        await SayAsync(0, isDrained: true);
        Assert.Null((await GetAsync()).Drained);
        await ChangeAsync(record => record with { Task = null, Unstarted = [_nodes[0]] });
        await SayAsync(0, isDrained: true);
        Assert.Null((await GetAsync()).Drained);
        await ChangeAsync(record => record with { Unstarted = null, Phase = PoolPhase.Stopped });
        await SayAsync(0, isDrained: true);
        Assert.Null((await GetAsync()).Drained);
        await ChangeAsync(record => record with { Phase = PoolPhase.Started });
        await SayAsync(await _manager.JoinAsync("server3"), isDrained: true);
        Assert.Null((await GetAsync()).Drained);
        await SayAsync(0, isDrained: true);
        Assert.Equal([_nodes[0]], (await GetAsync()).Drained!);
    }

    private Task SayAsync(int node, bool? isDrained, string state = "started") => SayAsync(_nodes[node], isDrained, state);

    private Task SayAsync(Guid node, bool? isDrained, string state = "started") => _manager.Get<DrainNotes>().LookAsync(
        node,
        new NodeReport(
            Guid.NewGuid(), "node", 1, "0.1.0", DateTimeOffset.UtcNow,
            [new PoolReport(_pool.Record.Id, "pool1", state, 1, _pool.Digest, IsChanging: false, 0, isDrained)]),
        default);

    private async Task<PoolRecord> GetAsync() => (await _manager.Get<PoolRegistry>().GetAsync("pool1", default)).Record;

    private async Task ChangeAsync(Func<PoolRecord, PoolRecord> change)
    {
        KnownPool known = await _manager.Get<PoolRegistry>().GetAsync("pool1", default);
        await _manager.Get<IStateStore>().CommitAsync([PoolRegistry.Write(known, change(known.Record))], default);
    }
}
