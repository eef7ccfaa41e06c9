using KadaluFsd.Fsd.Access;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>Everything that serves volfiles: the store, the connections, the news of changes. The same in a unit and in a gateway.</summary>
internal sealed class VolfileServer : IAsyncDisposable
{
    private readonly VolfileNotifier _notifier;
    private readonly PoolNodes _nodes;
    private readonly VolfileTls _tls;

    private VolfileServer(
        VolfileStore store, PoolNodes nodes, VolfileTls tls, VolfileConnections connections, VolfileNotifier notifier, VolfileCounters counters) =>
        (Store, _nodes, _tls, Connections, _notifier, Counters) = (store, nodes, tls, connections, notifier, counters);

    /// <summary>The volfiles.</summary>
    internal VolfileStore Store { get; }

    /// <summary>What has happened so far.</summary>
    internal VolfileCounters Counters { get; }

    /// <summary>Takes new connections.</summary>
    internal VolfileConnections Connections { get; }

    /// <summary>Reads a directory, and is ready to serve it then, as it is.</summary>
    /// <param name="loop">Drives the connections.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="pools">Which volfiles are given.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="accessLog">Gets a line for each fetch; stays the caller's. Null for none.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <returns>The server.</returns>
    internal static VolfileServer Read(
        EventLoop loop, string directory, ServedPools pools, DaemonOptions options, AccessLog? accessLog, ILoggerFactory loggers)
    {
        var tls = new VolfileTls(options, loggers.CreateLogger<VolfileTls>());
        var servers = new ServerList(options.PoolPort, options.ServerRounds, options.Advertise);
        var store = new VolfileStore(directory, servers, VolfileStore.DefaultRescanInterval, loggers.CreateLogger<VolfileStore>());
        var nodes = new PoolNodes(store);
        var counters = new VolfileCounters();
        RpcProgramTable ProgramsFor(ServedPools which) => new VolfileService(loop, store, which, accessLog, counters, loggers.CreateLogger<VolfileService>()).CreatePrograms();
        var connections = new VolfileConnections(
            loop, ProgramsFor(pools), options.NodePort is null ? null : ProgramsFor(ServedPools.All), address => options.Filter.Admits(address, nodes.Addresses),
            address => nodes.Addresses.Contains(address), tls, options, loggers.CreateLogger<VolfileConnections>());
        var notifier = new VolfileNotifier(store, connections, options.NotifyWindow, counters, loggers.CreateLogger<VolfileNotifier>());
        return new VolfileServer(store, nodes, tls, connections, notifier, counters);
    }

    /// <summary>Begins to follow the directory, and to look after the connections: what a start does not wait for.</summary>
    internal void Follow()
    {
        Store.Follow();
        Connections.Sweep();
    }

    /// <summary>Looks at every file again, certificates included, and tells every client that has fetched one to fetch it again.</summary>
    internal void Reload()
    {
        _tls.Reload();
        Store.Refresh();
        _notifier.TellAll();
    }

    /// <summary>Ends every connection, and then stops to follow the directory.</summary>
    /// <returns>A task that ends then.</returns>
    public async ValueTask DisposeAsync()
    {
        await _notifier.DisposeAsync();
        await Connections.DisposeAsync();
        _tls.Dispose();
        _nodes.Dispose();
        Store.Dispose();
    }
}
