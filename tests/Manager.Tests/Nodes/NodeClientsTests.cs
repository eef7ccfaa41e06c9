using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Tests.Pools;
using KadaluFsd.Volgen.Pools;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Manager.Tests.Nodes;

/// <summary>What the manager shows to nodes, and what it asks of them.</summary>
public sealed class NodeClientsTests : IAsyncLifetime
{
    private ManagerKnowledge _manager = null!;

    public async Task InitializeAsync() => _manager = await ManagerKnowledge.CreateAsync();

    public async Task DisposeAsync() => await _manager.DisposeAsync();

    [Fact]
    public void The_managers_certificate_is_another_one_when_it_is_old_or_the_clock_was_put_back()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(1));
        using var clients = new NodeClients(_manager.Get<ClusterIdentity>(), new NodeFiles(_manager.Root), time);
        ClusterTls first = clients.Tls;
        time.Advance(TimeSpan.FromDays(44));
        Assert.Same(first, clients.Tls);
        time.Advance(TimeSpan.FromDays(2));
        ClusterTls second = clients.Tls;
        Assert.NotSame(first, second);
        time.AdjustTime(time.GetUtcNow().AddDays(-1));
        Assert.NotSame(second, clients.Tls);
        second = clients.Tls;
        clients.Reset();
        Assert.NotSame(second, clients.Tls);
    }

    [Fact]
    public async Task A_node_that_shows_a_certificate_which_it_had_before_is_not_believed()
    {
        Pool pool = ManagerKnowledge.Make("pool1", [Guid.NewGuid()]);
        await using var agent = await TestAgent.StartAsync(_manager, "127.0.0.1", pool);
        NodeClients clients = _manager.Get<NodeClients>();
        await clients.AskDefinitionAsync(await GetAsync(), pool.Id, default);

        // Another machine has joined as this node.
        NodeDocument node = await GetAsync();
        JoinToken token = await _manager.Get<NodeAdmission>().CreateTokenAsync(24010, TimeSpan.FromHours(1), null, default);
        using var key = NodeKey.Create();
        await _manager.Get<NodeAdmission>().JoinAsync(
            new JoinRequest(
                token.Secret.ToArray(), node.Id, node.Name, node.Port, key.Request(), DateTimeOffset.UtcNow, "0.1.0"),
            null, default);
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(
            async () => await clients.AskDefinitionAsync(await GetAsync(), pool.Id, default));
        Assert.Equal(ExitCode.PeerRefused, refusal.Code);
        Assert.Contains("not the one that the node got last", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_asked_where_it_is_and_keeps_its_name_in_pools()
    {
        Pool pool = ManagerKnowledge.Make("pool1", [Guid.NewGuid()]);
        await using var agent = await TestAgent.StartAsync(_manager, "server.invalid", pool);
        NodeRegistry nodes = _manager.Get<NodeRegistry>();
        await Assert.ThrowsAsync<CommandException>(
            async () => await _manager.Get<NodeClients>().AskDefinitionAsync(
                await nodes.GetAsync("server.invalid", default), pool.Id, default));
        NodeDocument node = await nodes.PlaceAsync("server.invalid", "127.0.0.1", default);
        Assert.Equal(("server.invalid", "127.0.0.1"), (node.Name, node.Host));
        await _manager.Get<NodeClients>().AskDefinitionAsync(node, pool.Id, default);

        // It is there also when it joins again.
        JoinToken token = await _manager.Get<NodeAdmission>().CreateTokenAsync(24010, TimeSpan.FromHours(1), null, default);
        using var key = NodeKey.Create();
        await _manager.Get<NodeAdmission>().JoinAsync(
            new JoinRequest(
                token.Secret.ToArray(), node.Id, node.Name, node.Port, key.Request(), DateTimeOffset.UtcNow, "0.1.0"),
            null, default);
        Assert.Equal("127.0.0.1", (await nodes.GetAsync("server.invalid", default)).Host);
        Assert.Equal("server.invalid", (await nodes.PlaceAsync("server.invalid", "server.invalid", default)).Host);
        CommandException refusal =
            await Assert.ThrowsAsync<CommandException>(() => nodes.PlaceAsync("server.invalid", "a/b", default));
        Assert.Equal(ExitCode.Usage, refusal.Code);
    }

    private Task<NodeDocument> GetAsync() => _manager.Get<NodeRegistry>().GetAsync("127.0.0.1", default);
}
