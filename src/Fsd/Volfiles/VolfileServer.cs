using KadaluFsd.Fsd.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>Everything that serves volfiles: the store, the connections, the news of changes. The same in a unit and in a gateway.</summary>
internal sealed class VolfileServer : IAsyncDisposable
{
    private readonly VolfileNotifier _notifier;

    private VolfileServer(VolfileStore store, VolfileConnections connections, VolfileNotifier notifier) =>
        (Store, Connections, _notifier) = (store, connections, notifier);

    /// <summary>The volfiles.</summary>
    internal VolfileStore Store { get; }

    /// <summary>Takes new connections.</summary>
    internal VolfileConnections Connections { get; }

    /// <summary>Reads a directory, and is ready to serve it then.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="loggers">Makes the loggers.</param>
    /// <returns>The server.</returns>
    internal static VolfileServer Start(string directory, DaemonOptions options, ILoggerFactory loggers)
    {
        var servers = new ServerList(options.PoolPort, options.ServerRounds);
        var store = new VolfileStore(directory, servers, loggers.CreateLogger<VolfileStore>());
        var service = new VolfileService(store, loggers.CreateLogger<VolfileService>());
        var connections = new VolfileConnections(service.CreatePrograms(), options, loggers.CreateLogger<VolfileConnections>());
        return new VolfileServer(store, connections, new VolfileNotifier(store, connections, options.NotifyWindow, loggers.CreateLogger<VolfileNotifier>()));
    }

    /// <summary>Ends every connection, and then stops to follow the directory.</summary>
    /// <returns>A task that ends then.</returns>
    public async ValueTask DisposeAsync()
    {
        await _notifier.DisposeAsync();
        await Connections.DisposeAsync();
        Store.Dispose();
    }
}
