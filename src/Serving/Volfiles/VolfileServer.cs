using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// Serves volfiles: the store, the connections, the notifications of changes. The same in a unit and in a gateway.
/// </summary>
/// <param name="accessLog">Records each fetch.</param>
public sealed class VolfileServer(
    EventLoop loop, IVolfileSource source, VolfileServerOptions options, ListenOptions listen, ConnectionOptions connections,
    VolfileTls tls, AccessLog accessLog, ILoggerFactory loggers)
    : Part, IReloadable, IAsyncDisposable
{
    private VolfileNotifier? _notifier;
    private PoolNodes? _nodes;

    /// <summary>The volfiles.</summary>
    public VolfileStore Store { get => field ?? throw NotRead(); private set; }

    /// <summary>The open connections.</summary>
    public VolfileConnections Connections { get => field ?? throw NotRead(); private set; }

    /// <summary>Counters since the start.</summary>
    public VolfileCounters Counters { get; } = new();

    /// <summary>Reads the directory; volfiles can be served from then on.</summary>
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
        _notifier = new VolfileNotifier(
            Store, Connections, options.NotifyWindow, loop.Time, Counters, loggers.CreateLogger<VolfileNotifier>());
    }

    /// <summary>Starts following the directory, and closing stuck connections.</summary>
    internal void Follow()
    {
        _nodes!.Follow();
        _notifier!.Start();
        Store.Follow();
        Connections.Sweep();
    }

    /// <summary>Reads every file again, certificates included, and notifies every client that has fetched one.</summary>
    public void Reload()
    {
        tls.Reload();
        Store.Refresh();
        _notifier?.NotifyAll();
    }

    /// <summary>Closes every connection, then stops following the directory.</summary>
    public async ValueTask DisposeAsync()
    {
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
