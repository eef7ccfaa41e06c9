using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
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
        Guid second = await _manager.JoinAsync("server2");
        await RefusedAsync("a/b", "is no name or address", ExitCode.Usage);
        await RefusedAsync("Server2", "there is a node server2 already", ExitCode.PoolRefused);
        await RefusedAsync("no-such-host.invalid", "does not lead to server1", ExitCode.PeerUnreachable);

        // Who answers there is another node.
        await using var other = await TestAgent.StartAsync(_manager, "server3", _agent.Pool);
        await _manager.Get<NodeRegistry>().PlaceAsync("server3", "127.0.0.1", default);
        NodeDocument wrong = await NodeAsync("server1") with { Port = (await NodeAsync("server3")).Port };
        await Assert.ThrowsAsync<CommandException>(
            () => _manager.Get<NodeClients>().CheckHereAsync(wrong.WithName("127.0.0.1"), default));

        // Whether it leads to the node from there, one that nobody reaches does not say.
        await RefusedAsync("127.0.0.1", "server2 does not say", ExitCode.PeerUnreachable);
        await RefusedAsync("127.0.0.1", "--offline-ok", ExitCode.PeerUnreachable);
        Assert.Equal("127.0.0.1", (await RenameAsync("server1", "127.0.0.1", isTrial: true, isOfflineOk: true)).Name);
        await _manager.Get<NodeRemoval>().RemoveAsync("server2", default);
        Assert.Null(await _manager.Get<NodeRegistry>().FindAsync(second, default));
        Assert.Equal("127.0.0.1", (await RenameAsync("server1", "127.0.0.1", isTrial: true)).Name);
        Assert.Equal("server1", (await NodeAsync("server1")).Name);
        NodeDocument renamed = await RenameAsync("server1", "127.0.0.1");
        Assert.Equal((_agent.Node, "127.0.0.1", null), (renamed.Id, renamed.Name, renamed.Address));
        Assert.Equal(renamed, await NodeAsync("127.0.0.1"));
    }

    [Fact]
    public async Task A_name_has_to_lead_there_from_each_node()
    {
        await using var other = await TestAgent.StartAsync(_manager, "server2", _agent.Pool);
        await _manager.Get<NodeRegistry>().PlaceAsync("server2", "127.0.0.1", default);
        var asked = new List<ReachQuestion>();
        other.Reach = question =>
        {
            asked.Add(question);
            return new ReachAnswer(["10.0.0.9"], "10.0.0.9:24011: it is the node 9, not the node 1");
        };

        // What one says holds, whether or not others have to be there.
        foreach (bool isOfflineOk in (bool[])[false, true])
        {
            await RefusedAsync(
                "127.0.0.1", "from server2 127.0.0.1 leads to 10.0.0.9, and server1 is not found there: 10.0.0.9:24011",
                ExitCode.PoolRefused, isOfflineOk);
            await RefusedAsync(
                "127.0.0.1", "name 127.0.0.1 there before, in DNS or in /etc/hosts, so that it leads to server1",
                ExitCode.PoolRefused, isOfflineOk);
        }

        Assert.All(asked, question => Assert.Equal(("127.0.0.1", _agent.Node), (question.Host, question.Node!.Node)));
        other.Reach = _ => new ReachAnswer([], "Name or service not known");
        await RefusedAsync("127.0.0.1", "from server2 127.0.0.1 has no address: Name", ExitCode.PoolRefused);

        // Where an agent is, the others have to know; by its name it must find itself as well.
        _agent.Reach = _ => new ReachAnswer([], "not here");
        NodeNames names = _manager.Get<NodeNames>();
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(
            () => names.PlaceAsync("server1", new NodeOrder("127.0.0.1"), default));
        Assert.Contains("from server2 127.0.0.1 has no address", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not here", refusal.Message, StringComparison.Ordinal);
        Assert.Null((await NodeAsync("server1")).Address);
        refusal = await Assert.ThrowsAsync<CommandException>(
            () => names.PlaceAsync("server1", new NodeOrder("no-such-host.invalid"), default));
        Assert.Contains("no-such-host.invalid does not lead to server1", refusal.Message, StringComparison.Ordinal);
        other.Reach = _ => new ReachAnswer(["127.0.0.1"], null);
        Assert.Equal("127.0.0.1", (await names.PlaceAsync("server1", new NodeOrder("127.0.0.1"), default)).Address);
        await RefusedAsync("127.0.0.1", "from server1 127.0.0.1 has no address: not here", ExitCode.PoolRefused);
    }

    [Fact]
    public async Task A_name_that_a_pool_has_for_another_node_is_refused_before_anything_is_done()
    {
        await using var other = await TestAgent.StartAsync(_manager, "server2", _agent.Pool);
        await _manager.Get<NodeRegistry>().PlaceAsync("server2", "127.0.0.1", default);
        await RenameAsync("server1", "127.0.0.1");
        foreach (bool isTrial in (bool[])[true, false])
        {
            CommandException refusal =
                await Assert.ThrowsAsync<CommandException>(() => RenameAsync("server2", "server1", isTrial));
            Assert.Contains(
                "pools call the node 127.0.0.1 server1 still: kadalu node rename 127.0.0.1 127.0.0.1", refusal.Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pool_is_not_created_with_a_name_that_its_node_has_lost_meanwhile()
    {
        NodeNames names = _manager.Get<NodeNames>();
        IStateStore store = _manager.Get<IStateStore>();
        Pool created = ManagerKnowledge.Make("pool2", [_agent.Node], port: 24101);
        var record = new PoolRecord(created.Id, "pool2", PoolPhase.Stopped, PoolText.Write(created), null, []);

        // The node is renamed after its name was read: its pool keeps the earlier one, and this one has to be planned again.
        StateWrite[] held = (await names.HoldAsync(created, default))!;
        await RenameAsync("server1", "127.0.0.1");
        StateConflictException lost = await Assert.ThrowsAsync<StateConflictException>(
            () => store.CommitAsync([.. held, .. PoolRegistry.Add(record, created)], default));
        Assert.True(NameReservations.IsOf(lost));
        Assert.Null(await names.HoldAsync(created, default));

        // The other way round the name stays the node's, although it was not known yet that the pool has it.
        await RenameAsync("127.0.0.1", "localhost");
        created = created.RenameNode(_agent.Node.ToString(), "localhost");
        await Assert.ThrowsAsync<CommandException>(() => _manager.JoinAsync("server1"));
        held = (await names.HoldAsync(created, default))!;
        int looked = 0;
        await _manager.Get<NodeRegistry>().RenameAsync(
            _agent.Node, "127.0.0.1",
            async () =>
            {
                if (looked++ == 0)
                {
                    await store.CommitAsync(
                        [.. held, .. PoolRegistry.Add(record with { Definition = PoolText.Write(created) }, created)], default);
                    return ["server1"];
                }

                return ["server1", "localhost"];
            },
            default);
        Assert.Equal(2, looked);
        await Assert.ThrowsAsync<CommandException>(() => _manager.JoinAsync("localhost"));
    }

    [Fact]
    public async Task A_pool_is_not_told_a_name_that_its_node_has_lost_meanwhile()
    {
        await RenameAsync("server1", "127.0.0.1");
        NodeNames names = _manager.Get<NodeNames>();
        var order = new RenameNodeOrder("pool1", _agent.Node, "server1", "127.0.0.1", false);
        StateWrite[] held = await names.HoldAsync(order, _pool, default);
        Assert.Equal(2, held.Length);
        await RenameAsync("127.0.0.1", "localhost");
        await Assert.ThrowsAsync<StateConflictException>(() => _manager.Get<IStateStore>().CommitAsync(held, default));
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => names.HoldAsync(order, _pool, default));
        Assert.Contains("the cluster calls no node", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await names.HoldAsync(new StopOrder("pool1"), _pool, default));
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

    private async Task RefusedAsync(string name, string reason, ExitCode code, bool isOfflineOk = false)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(
            () => RenameAsync("server1", name, isOfflineOk: isOfflineOk));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(code, refusal.Code);
        Assert.Equal("server1", (await NodeAsync("server1")).Name);
    }

    private Task<NodeDocument> NodeAsync(string name) => _manager.Get<NodeRegistry>().GetAsync(name, default);

    private Task<NodeDocument> RenameAsync(string node, string name, bool isTrial = false, bool isOfflineOk = false) =>
        _manager.Get<NodeNames>().RenameAsync(node, new NodeNameOrder(name, isTrial, isOfflineOk), default);
}
