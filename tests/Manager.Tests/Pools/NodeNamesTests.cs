using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tasks;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>Nodes get other names, and pools are told later.</summary>
public sealed class NodeNamesTests : IAsyncLifetime
{
    private ManagerKnowledge _manager = null!;
    private TestAgent _agent = null!;
    private KnownPool _pool = null!;

    public async Task InitializeAsync()
    {
        _manager = await ManagerKnowledge.CreateAsync();
        _agent = await TestAgent.StartAsync(_manager, "server1", ManagerKnowledge.Make("pool1", [Guid.NewGuid()]));
        _pool = await _manager.AddAsync("pool1", PoolPhase.Stopped, [_agent.Node]);
    }

    public async Task DisposeAsync()
    {
        await _manager.Get<TaskEngine>().StopAsync();
        await _agent.DisposeAsync();
        await _manager.DisposeAsync();
    }

    [Fact]
    public async Task A_name_has_to_lead_to_the_node_and_to_be_nobodys()
    {
        await _manager.JoinAsync("server2");
        await RefusedAsync("a/b", "is no name or address", ExitCode.Usage);
        await RefusedAsync("Server2", "there is a node server2 already", ExitCode.PoolRefused);
        await RefusedAsync("no-such-host.invalid", "does not lead to server1", ExitCode.PeerUnreachable);

        // Who answers there is another node.
        await using var other = await TestAgent.StartAsync(_manager, "server3", _agent.Pool);
        await _manager.Get<NodeRegistry>().PlaceAsync("server3", "127.0.0.1", default);
        NodeDocument wrong = await NodeAsync("server1") with { Port = (await NodeAsync("server3")).Port };
        await Assert.ThrowsAsync<CommandException>(
            () => _manager.Get<NodeClients>().CheckHereAsync(wrong.WithName("127.0.0.1"), default));

        Assert.Equal("127.0.0.1", (await RenameAsync("server1", "127.0.0.1", isTrial: true)).Name);
        Assert.Equal("server1", (await NodeAsync("server1")).Name);
        NodeDocument renamed = await RenameAsync("server1", "127.0.0.1");
        Assert.Equal((_agent.Node, "127.0.0.1", null), (renamed.Id, renamed.Name, renamed.Address));
        Assert.Equal(renamed, await NodeAsync("127.0.0.1"));
    }

    [Fact]
    public async Task What_a_pool_calls_a_node_still_is_nobody_elses_name()
    {
        await RenameAsync("server1", "127.0.0.1");
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => _manager.JoinAsync("server1"));
        Assert.Contains("kadalu node rename 127.0.0.1 127.0.0.1", refused.Message, StringComparison.Ordinal);
        await RenameAsync("127.0.0.1", "127.0.0.1");
        await Assert.ThrowsAsync<CommandException>(() => _manager.JoinAsync("server1"));

        Pool told = PoolPlanner.Plan(_pool.Pool, new RenameNodeOrder("pool1", _agent.Node, "server1", "127.0.0.1", false));
        Assert.Equal((2, "127.0.0.1:/data/pool1"), (told.Revision, told.Units.Single().Unit.Address));
        await _manager.Get<IStateStore>().CommitAsync(
            [PoolRegistry.Write(_pool, _pool.Record with { Definition = PoolText.Write(told), Task = 7 })], default);

        // The task may be taken back.
        await RenameAsync("127.0.0.1", "127.0.0.1");
        await Assert.ThrowsAsync<CommandException>(() => _manager.JoinAsync("server1"));
        KnownPool changing = await _manager.Get<PoolRegistry>().GetAsync("pool1", default);
        await _manager.Get<IStateStore>().CommitAsync(
            [PoolRegistry.Write(changing, changing.Record with { Task = null })], default);
        await RenameAsync("127.0.0.1", "127.0.0.1");
        await _manager.JoinAsync("server1");
    }

    [Fact]
    public async Task A_node_that_is_removed_leaves_no_name()
    {
        await _manager.Get<IStateStore>().CommitAsync(
            [PoolRegistry.Write(_pool, _pool.Record with { Phase = PoolPhase.Deleting, Left = [_agent.Node] })], default);
        await RenameAsync("server1", "127.0.0.1");
        await _manager.Get<NodeRemoval>().RemoveAsync("127.0.0.1", default);
        await _manager.JoinAsync("server1");
        await _manager.JoinAsync("127.0.0.1");
    }

    [Fact]
    public async Task Orders_go_by_the_name_that_the_pool_has_for_a_node()
    {
        await RenameAsync("server1", "127.0.0.1");
        NodeNames names = _manager.Get<NodeNames>();
        Assert.Equal(
            new DrainOrder("pool1", "server1"),
            await names.InPoolAsync(new DrainOrder("pool1", "127.0.0.1"), _pool, default));
        Assert.Equal(
            new ResumeOrder("pool1", "server9"),
            await names.InPoolAsync(new ResumeOrder("pool1", "server9"), _pool, default));

        // It cannot be called what the cluster does not call it, or what it is called already.
        var order = new RenameNodeOrder("pool1", _agent.Node, "server1", "server9", false);
        await Assert.ThrowsAsync<CommandException>(() => names.RequireAsync(order, default));
        await names.RequireAsync(order with { Name = "127.0.0.1" }, default);
        Assert.Throws<CommandException>(() => PoolPlanner.Plan(_pool.Pool, order with { Name = "server1" }));
        Assert.Throws<CommandException>(() => PoolPlanner.Plan(_pool.Pool, order with { Node = Guid.NewGuid() }));
    }

    private async Task RefusedAsync(string name, string reason, ExitCode code)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => RenameAsync("server1", name));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(code, refusal.Code);
        Assert.Equal("server1", (await NodeAsync("server1")).Name);
    }

    private Task<NodeDocument> NodeAsync(string name) => _manager.Get<NodeRegistry>().GetAsync(name, default);

    private Task<NodeDocument> RenameAsync(string node, string name, bool isTrial = false) =>
        _manager.Get<NodeNames>().RenameAsync(node, new NodeNameOrder(name, isTrial), default);
}
