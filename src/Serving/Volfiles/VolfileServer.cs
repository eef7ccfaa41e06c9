using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// Everything that serves volfiles: the store, the connections, the news of changes. The same in a unit and in a gateway.
/// </summary>
/// <param name="loop">Drives the connections.</param>
/// <param name="source">Which volfiles.</param>
/// <param name="options">Say to whom, and what they are told beside.</param>
/// <param name="listen">Say on which ports.</param>
/// <param name="connections">Limits and deadlines.</param>
/// <param name="tls">Encrypts connections.</param>
/// <param name="accessLog">Gets a line for each fetch.</param>
/// <param name="loggers">Makes the loggers.</param>
public sealed class VolfileServer(
    EventLoop loop, IVolfileSource source, VolfileServerOptions options, ListenOptions listen, ConnectionOptions connections,
    VolfileTls tls, AccessLog accessLog, ILoggerFactory loggers)
    : Part, IReloadable, IAsyncDisposable
{
    private VolfileNotifier? _notifier;
    private PoolNodes? _nodes;

    /// <summary>The volfiles.</summary>
    public VolfileStore Store { get => field ?? throw NotRead(); private set; }

    /// <summary>Takes new connections.</summary>
    public VolfileConnections Connections { get => field ?? throw NotRead(); private set; }

    /// <summary>What has happened so far.</summary>
    public VolfileCounters Counters { get; } = new();

    /// <summary>Reads the directory; it can be served then, as it is.</summary>
    internal void Read()
    {
        var servers = new ServerList(listen.PoolPort, options.ServerRounds, options.ParseAdvertised());
        Store =
            new VolfileStore(source.Directory, servers, VolfileStore.DefaultRescanInterval, loggers.CreateLogger<VolfileStore>());
        Store.Open();
        PoolNodes nodes = _nodes = new PoolNodes(Store);
        AddressFilter filter = options.ParseFilter();
        ILogger logger = loggers.CreateLogger<VolfileConnections>();
        var admission = new VolfileAdmission(
            loop, address => filter.Admits(address, nodes.Addresses), tls, connections, logger);
        Connections = new VolfileConnections(
            loop, CreatePrograms(), address => nodes.Addresses.Contains(address), admission, connections, logger);
        _notifier =
            new VolfileNotifier(Store, Connections, options.NotifyWindow, Counters, loggers.CreateLogger<VolfileNotifier>());
    }

    /// <summary>Begins to follow the directory, and to look after the connections.</summary>
    internal void Follow()
    {
        _nodes!.Follow();
        _notifier!.Start();
        Store.Follow();
        Connections.Sweep();
    }

    /// <summary>
    /// Looks at every file again, certificates included, and tells every client that has fetched one to fetch it again.
    /// </summary>
    public void Reload()
    {
        tls.Reload();
        Store.Refresh();
        _notifier?.TellAll();
    }

    /// <summary>Ends every connection, and then stops to follow the directory.</summary>
    /// <returns>A task that ends then.</returns>
    public async ValueTask DisposeAsync()
    {
        tls.Dispose();
        if (_notifier is not null)
        {
            await _notifier.DisposeAsync();
            await Connections.DisposeAsync();
            _nodes?.Dispose();
            Store.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        Read();
        Follow();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync() => DisposeAsync().AsTask();

    // On the node's port, those of every pool.
    private Func<int, RpcProgramTable> CreatePrograms()
    {
        RpcProgramTable own = CreatePrograms(source.Pools);
        RpcProgramTable? all = listen.NodePort is null ? null : CreatePrograms(ServedPools.All);
        return fd => all is not null && RawSocket.LocalPort(fd) == listen.NodePort ? all : own;
    }

    private RpcProgramTable CreatePrograms(ServedPools pools) =>
        new VolfileService(loop, Store, pools, accessLog, Counters, loggers.CreateLogger<VolfileService>()).CreatePrograms();

    private static InvalidOperationException NotRead() => new("the volfiles have not been read yet");
}
