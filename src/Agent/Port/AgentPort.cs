using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Agent.Port;

/// <summary>Where the manager and other nodes are served: nowhere, as long as this node is in no cluster.</summary>
internal sealed class AgentPort(AgentOptions options, ClusterMember member, AgentRoutes routes, ILoggerFactory loggers) : Part
{
    private PeerServer? _server;

    /// <summary>Serves from now on, if this node is in a cluster.</summary>
    /// <exception cref="CommandException">It cannot.</exception>
    internal async Task OpenAsync()
    {
        if (member.Membership is not null)
        {
            _server ??= await PeerServer.StartAsync(
                options.ParseListen(), () => member.Tls.ForServer(), NodeJson.Default, routes.Map,
                routes.FindRefusalAsync, loggers);
        }
    }

    /// <summary>Serves nobody from now on.</summary>
    internal async Task CloseAsync()
    {
        PeerServer? server = _server;
        _server = null;
        await (server?.DisposeAsync() ?? default);
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping) => OpenAsync();

    /// <inheritdoc/>
    protected override Task StopAsync() => CloseAsync();
}
