using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// Notifies clients that a volfile they hold has changed (FETCHSPEC): only those that hold it, once for a burst of changes, and
/// spread over time.
/// </summary>
internal sealed class VolfileNotifier : IAsyncDisposable
{
    // A burst is over when nothing has changed for this long. Programs that write several files take less between two of them.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    // A burst that goes on is notified after this time.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);

    // A few clients are not spread over the whole window.
    private static readonly TimeSpan s_perClient = TimeSpan.FromMilliseconds(0.2);

    private static readonly TimeSpan s_leastDelay = TimeSpan.FromMilliseconds(1);

    private readonly VolfileStore _store;
    private readonly VolfileConnections _connections;
    private readonly TimeSpan _window;
    private readonly TimeProvider _time;
    private readonly VolfileCounters _counters;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _somethingChanged = new(0);
    private Task _running = Task.CompletedTask;
    private bool _isForAll;
    private uint _xid;

    /// <summary>Creates a notifier; it does nothing before it is started.</summary>
    /// <param name="window">The longest time over which notifications are spread.</param>
    /// <param name="time">The clock.</param>
    internal VolfileNotifier(
        VolfileStore store, VolfileConnections connections, TimeSpan window, TimeProvider time, VolfileCounters counters,
        ILogger logger) =>
        (_store, _connections, _window, _time, _counters, _logger) = (store, connections, window, time, counters, logger);

    /// <summary>Starts notifying of changes.</summary>
    internal void Start()
    {
        _store.Changed += Wake;
        _running = RunAsync(_stopping.Token);
    }

    /// <summary>Notifies every client that has fetched a volfile, as if all of them had changed.</summary>
    internal void NotifyAll()
    {
        Volatile.Write(ref _isForAll, true);
        _somethingChanged.Release();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _store.Changed -= Wake;
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Wake(IReadOnlySet<string> keys) => _somethingChanged.Release();

    private async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _somethingChanged.WaitAsync(stopping);
            long first = Environment.TickCount64;
            while (Environment.TickCount64 - first < s_patience.TotalMilliseconds &&
                await _somethingChanged.WaitAsync(s_quiet, stopping))
            {
                // The burst goes on.
            }

            await NotifyAsync(stopping);
        }
    }

    // Which clients hold an older volfile is read from the connections: a change that was undone in time concerns nobody.
    private async Task NotifyAsync(CancellationToken stopping)
    {
        Func<VolfilePeer, bool> isConcerned = Interlocked.Exchange(ref _isForAll, false) ? HoldsVolfile : HoldsOldVolfile;
        RpcServerConnection[] clients =
            [.. _connections.Open().Where(open => isConcerned(open.Peer)).Select(open => open.Connection)];
        if (clients.Length == 0)
        {
            return;
        }

        TimeSpan whole = clients.Length * s_perClient < _window ? clients.Length * s_perClient : _window;
        long start = _time.GetTimestamp();
        for (int sent = 0; sent < clients.Length; sent++)
        {
            TimeSpan early = (whole * sent / clients.Length) - _time.GetElapsedTime(start);
            if (early > s_leastDelay)
            {
                await Task.Delay(early, _time, stopping);
            }

            uint xid = ++_xid;
            clients[sent].Call(writer => FetchSpecCallback.Write(writer, xid));
        }

        _counters.CountNotified(clients.Length);
        VolfileLog.ClientsNotified(_logger, clients.Length);
    }

    private static bool HoldsVolfile(VolfilePeer peer) => !peer.Held.IsEmpty;

    private bool HoldsOldVolfile(VolfilePeer peer) =>
        peer.Held.Any(volfile => _store.Find(volfile.Key) is { } stored && stored.Hash != volfile.Hash);
}
