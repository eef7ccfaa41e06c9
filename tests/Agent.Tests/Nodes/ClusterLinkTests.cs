using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Agent.Tests.Nodes;

/// <summary>How a node talks to its manager.</summary>
public sealed class ClusterLinkTests : IAsyncDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly ClusterLink _link;

    public ClusterLinkTests() => _link = _cluster.LinkOf(Guid.NewGuid());

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Many_requests_need_one_connection()
    {
        await ServeAsync(_cluster.Manager);
        for (int asked = 0; asked < 5; asked++)
        {
            await AskAsync();
        }

        Assert.Equal(1, _cluster.Connections);
    }

    [Fact]
    public async Task Why_one_connection_was_refused_is_not_said_of_later_ones()
    {
        await ServeAsync(new PeerIdentity(Guid.NewGuid(), ClusterRole.Manager));
        Assert.Equal(ExitCode.PeerRefused, await FailAsync());

        // Nobody is there now.
        await _cluster.StopAsync();
        Assert.Equal(ExitCode.PeerUnreachable, await FailAsync());
        await ServeAsync(new PeerIdentity(Guid.NewGuid(), ClusterRole.Manager));
        Assert.Equal(ExitCode.PeerRefused, await FailAsync());

        // The right one was there, and ends.
        await _cluster.StopAsync();
        await ServeAsync(_cluster.Manager);
        await AskAsync();
        Assert.Equal(ExitCode.PeerUnreachable, await FailAsync("/aborts"));
    }

    private Task<int> ServeAsync(PeerIdentity who) => _cluster.ServeAsync(
        _cluster.Sign(who),
        routes =>
        {
            routes.MapGet("/", (HttpContext context) => context.Response.WriteAsync("well"));
            routes.MapGet("/aborts", (HttpContext context) => context.Abort());
        },
        _cluster.ManagerPort);

    private Task<byte[]> AskAsync(string path = "/") =>
        _link.Manager.AskAsync(HttpMethod.Get, path, null, TimeSpan.FromSeconds(30), default);

    private async Task<ExitCode> FailAsync(string path = "/") =>
        (await Assert.ThrowsAsync<CommandException>(() => AskAsync(path))).Code;
}
