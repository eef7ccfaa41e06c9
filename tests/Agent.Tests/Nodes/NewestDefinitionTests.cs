using System.Text.Json;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Agent.Port;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace KadaluFsd.Agent.Tests.Nodes;

/// <summary>Whom a node asks for definitions of its pools, and whom it gives them.</summary>
public sealed class NewestDefinitionTests : IAsyncDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly Guid _own = Guid.NewGuid();
    private readonly Guid _other = Guid.NewGuid();
    private readonly Pool _pool;

    public NewestDefinitionTests() => _pool = new Pool("pool1", Guid.NewGuid())
    {
        Groups =
        [
            new DistributeGroup(
                GroupKind.Mirror,
                [
                    new PoolUnit(new PoolNode("server1", _own.ToString()), "/data/u") { Port = 24100 },
                    new PoolUnit(new PoolNode("127.0.0.1", _other.ToString()), "/data/u") { Port = 24100 },
                ]),
        ],
        Revision = 1,
    };

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, "stopped")]
    [InlineData(6, "stopped")]
    public async Task A_manager_that_knows_of_fewer_tasks_than_the_node_has_nothing_to_say(long last, string? state)
    {
        (string, string) shown = _cluster.Sign(_cluster.Manager);
        await _cluster.ServeAsync(shown, Serve(_pool, "stopped", last), _cluster.ManagerPort);
        var question = new NewestDefinition(_cluster.LinkOf(_own), new NodePlaces(null));
        Assert.Equal(state, (await question.FindAsync(_pool, seen: 5, default))?.State);
    }

    [Fact]
    public async Task Another_node_is_believed_with_the_certificate_that_it_got_last()
    {
        var who = new PeerIdentity(_other, ClusterRole.Node);
        (string Certificate, string Key) stolen = _cluster.Sign(who, daysAgo: 2);
        (string Certificate, string Key) current = _cluster.Sign(who, daysAgo: 1);
        int port = await _cluster.ServeAsync(stolen, Serve(_pool with { Revision = 2 }, "started", 0));
        int good = await _cluster.ServeAsync(current, Serve(_pool with { Revision = 3 }, "started", 0));

        // One that it has got since the manager was heard of is later.
        (string Certificate, string Key) later = _cluster.Sign(who);
        int renewed = await _cluster.ServeAsync(later, Serve(_pool with { Revision = 4 }, "started", 0));
        NodeCertificates now = NodeCertificates.Of(current.Certificate);
        Assert.Null(await FindRevisionAsync(new NodePlace(_other, "127.0.0.1", port, null, now)));
        Assert.Equal(3, await FindRevisionAsync(new NodePlace(_other, "127.0.0.1", good, null, now)));
        Assert.Equal(4, await FindRevisionAsync(new NodePlace(_other, "127.0.0.1", renewed, null, now)));
        Assert.Null(await FindRevisionAsync(new NodePlace(_other, "127.0.0.1", good)));
    }

    [Fact]
    public async Task A_node_gives_definitions_to_nodes_that_are_of_the_cluster_now()
    {
        var files = new NodeFiles(_directory.FullName);
        Guid own = files.GetOrMakeId();
        (string certificate, string key) = _cluster.Sign(new PeerIdentity(own, ClusterRole.Node));
        _cluster.MembershipOf(own, certificate, key).Put(files.Membership);
        using var member = new ClusterMember(files, new AgentOptions(), TimeProvider.System);
        await ((IHostedService)member).StartAsync(default);
        var routes = new AgentRoutes(member, null!, null!, null!, files, null!);

        var who = new PeerIdentity(_other, ClusterRole.Node);
        (string Certificate, string Key) stolen = _cluster.Sign(who, daysAgo: 2);
        (string Certificate, string Key) current = _cluster.Sign(who, daysAgo: 1);
        new NodePlaces([new NodePlace(_other, "server2", 1, null, NodeCertificates.Of(current.Certificate))])
            .PutIfNew(files.ClusterNodes);
        Assert.Null(await FindRefusalAsync(routes, current));
        Assert.Contains("got last", await FindRefusalAsync(routes, stolen), StringComparison.Ordinal);
        Assert.Null(await FindRefusalAsync(routes, _cluster.Sign(_cluster.Manager)));

        // It was removed.
        new NodePlaces([]).PutIfNew(files.ClusterNodes);
        Assert.Contains("removed from the cluster", await FindRefusalAsync(routes, current), StringComparison.Ordinal);
    }

    private async Task<int?> FindRevisionAsync(NodePlace place) =>
        (await new NewestDefinition(_cluster.LinkOf(_own), new NodePlaces([place])).FindAsync(_pool, seen: 0, default))?.Pool.Revision;

    private static async Task<string?> FindRefusalAsync(AgentRoutes routes, (string Certificate, string Key) shown)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = $"{NodePaths.Definitions}/{Guid.NewGuid()}";
        context.Connection.ClientCertificate = NodeKey.Join(shown.Certificate, shown.Key);
        return (await routes.FindRefusalAsync(context))?.Message;
    }

    private static Action<Microsoft.AspNetCore.Routing.IEndpointRouteBuilder> Serve(Pool pool, string state, long generation) =>
        routes => routes.MapGet(NodePaths.Definitions + "/{id:guid}", (HttpContext context) => context.Response.WriteAsync(
            JsonSerializer.Serialize(
                new DefinitionAnswer(state, PoolDocument.WriteElement(pool), generation), NodeJson.Default.DefinitionAnswer)));
}
