using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>Names of pools, which no two can have.</summary>
public sealed class PoolRegistryTests : IAsyncLifetime
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
    public async Task A_pool_that_is_being_renamed_has_both_names_and_the_other_one_is_free_afterwards()
    {
        KnownPool known = await _manager.AddAsync("pool1", PoolPhase.Stopped, _nodes);
        await CommitAsync(PoolRegistry.ReserveName("pool2", known.Record.Id));
        Assert.Equal(known.Record.Id, (await Pools.FindAsync("pool2", default))!.Record.Id);
        Assert.Equal(known.Record.Id, (await Pools.FindAsync("pool1", default))!.Record.Id);

        await CommitAsync([
            PoolRegistry.Write(known, known.Record with { Name = "pool2" }),
            .. await Pools.FreeNameAsync("pool1", known.Record.Id, default)]);
        Assert.Null(await Pools.FindAsync("pool1", default));
        Assert.Equal("pool2", (await Pools.FindAsync("pool2", default))!.Record.Name);
        await CommitAsync(PoolRegistry.ReserveName("pool1", Guid.NewGuid()));

        // What else it had it has still.
        Assert.Contains(24100, await Pools.ListPortsAsync(_nodes[0], default));
        Assert.Single(await Pools.ListOnAsync(_nodes[0], default));
    }

    [Fact]
    public async Task A_name_that_another_pool_has_is_neither_given_nor_freed()
    {
        KnownPool first = await _manager.AddAsync("pool1", PoolPhase.Stopped, _nodes);
        KnownPool other = await _manager.AddAsync("pool2", PoolPhase.Stopped, _nodes, port: 24200);
        StateConflictException conflict = await Assert.ThrowsAsync<StateConflictException>(
            () => CommitAsync(PoolRegistry.ReserveName("pool2", first.Record.Id)));
        Assert.Contains("there is a pool \"pool2\" already", PoolRegistry.Explain(conflict), StringComparison.Ordinal);
        Assert.Empty(await Pools.FreeNameAsync("pool2", first.Record.Id, default));
        Assert.Equal(other.Record.Id, (await Pools.FindAsync("pool2", default))!.Record.Id);
    }

    [Fact]
    public async Task A_name_that_is_taken_says_what_frees_it_where_its_pool_is_being_deleted()
    {
        KnownPool known = await _manager.AddAsync("pool1", PoolPhase.Stopped, _nodes);
        string Refusal(PoolRecord record) =>
            Assert.Throws<CommandException>(() => PoolRegistry.RefuseTaken(known with { Record = record })).Message;
        PoolRegistry.RefuseTaken(null);
        Assert.Equal("there is a pool \"pool1\" already", Refusal(known.Record));
        PoolRecord deleting = known.Record with { Phase = PoolPhase.Deleting };
        Assert.Contains("kadalu pool delete pool1 finishes that", Refusal(deleting), StringComparison.Ordinal);
        Assert.Contains("still on server1.", Refusal(deleting with { Left = _nodes }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_has_what_is_known_now_by_name_whoever_has_written_it()
    {
        KnownPool second = await _manager.AddAsync("pool2", PoolPhase.Stopped, _nodes);
        Assert.Equal([("pool2", PoolPhase.Stopped)], await ListAsync());
        KnownPool first = await _manager.AddAsync("pool1", PoolPhase.Stopped, _nodes, port: 24200);
        await CommitAsync(PoolRegistry.Write(second, second.Record with { Phase = PoolPhase.Started }));
        Assert.Equal([("pool1", PoolPhase.Stopped), ("pool2", PoolPhase.Started)], await ListAsync());
        Assert.Equal(2, await Pools.CountAsync(default));
        await CommitAsync([.. await Pools.RemoveAsync(first, default)]);
        Assert.Equal([("pool2", PoolPhase.Started)], await ListAsync());
        Assert.Equal(1, await Pools.CountAsync(default));
    }

    private async Task<(string Name, PoolPhase Phase)[]> ListAsync() =>
        [.. (await Pools.ListAsync(default)).Select(pool => (pool.Record.Name, pool.Record.Phase))];

    private PoolRegistry Pools => _manager.Get<PoolRegistry>();

    private Task<long> CommitAsync(params StateWrite[] writes) => _manager.Get<IStateStore>().CommitAsync([.. writes], default);
}
