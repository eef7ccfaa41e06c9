using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>Nodes that are taken out of the cluster, also those that are gone for good.</summary>
public sealed class NodeRemovalTests : IAsyncLifetime
{
    private ManagerKnowledge _manager = null!;
    private Guid[] _nodes = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        _nodes = [await _manager.JoinAsync("server1"), await _manager.JoinAsync("server2")];
    }

    public async Task DisposeAsync() => await _manager.DisposeAsync();

    [Fact]
    public async Task A_pool_that_is_deleted_does_not_wait_for_a_node_that_is_gone()
    {
        await _manager.AddAsync("pool1", PoolPhase.Deleting, _nodes, left: [_nodes[1]]);
        await RemoveAsync("server2");
        Assert.Empty(await _manager.Get<PoolRegistry>().ListAsync(default));
        Assert.Empty(await _manager.Get<IStateStore>().ListAsync(StateKind.Units, "", default));
        Assert.Equal("server1", Assert.Single(await _manager.Get<NodeRegistry>().ListAsync(default)).Name);

        // Its name and places are free.
        Guid again = await _manager.JoinAsync("server2");
        await _manager.AddAsync("pool1", PoolPhase.Started, [_nodes[0], again]);
    }

    [Fact]
    public async Task A_pool_that_is_deleted_waits_for_the_other_nodes()
    {
        KnownPool pool = await _manager.AddAsync("pool1", PoolPhase.Deleting, _nodes, left: _nodes);
        await RemoveAsync("server2");
        KnownPool now = (await _manager.Get<PoolRegistry>().FindAsync(pool.Record.Id, default))!;
        Assert.Equal([_nodes[0]], now.Record.Left);
    }

    [Fact]
    public async Task A_pool_that_is_to_stay_needs_its_nodes()
    {
        await _manager.AddAsync("pool1", PoolPhase.Deleting, _nodes, left: [_nodes[1]]);
        await _manager.AddAsync("pool2", PoolPhase.Stopped, _nodes, port: 24101);
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => RemoveAsync("server2"));
        Assert.Contains("on it (pool2)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await _manager.Get<NodeRegistry>().ListAsync(default)).Length);
        Assert.Equal([_nodes[1]], (await _manager.Get<PoolRegistry>().FindAsync("pool1", default))!.Record.Left);
    }

    [Fact]
    public async Task A_deletion_that_goes_on_is_waited_for()
    {
        await _manager.AddAsync("pool1", PoolPhase.Deleting, _nodes, left: _nodes, task: 7);
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => RemoveAsync("server2"));
        Assert.Contains("kadalu task wait 7", refusal.Message, StringComparison.Ordinal);
    }

    private Task<NodeDocument> RemoveAsync(string name) => _manager.Get<NodeRemoval>().RemoveAsync(name, default);
}
