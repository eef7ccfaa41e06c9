using System.Collections.Immutable;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// Tells clients that a volfile they hold has changed: those that hold it and no others, once for a burst of changes, and not all
/// in the same moment.
/// </summary>
internal sealed class VolfileNotifier : IAsyncDisposable
{
    // A burst is over when nothing has changed for this long. Whoever writes several files does it in less.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    // And however long it goes on, clients hear of it after this.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);

    // No client waits for longer than the window, and a few clients not for the whole of it.
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
    private bool _isEverybodyConcerned;
    private uint _xid;

    /// <summary>Nobody is told yet.</summary>
    /// <param name="window">Over how long to spread the telling at most.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="logger">Told how many were told.</param>
    internal VolfileNotifier(
        VolfileStore store, VolfileConnections connections, TimeSpan window, TimeProvider time, VolfileCounters counters,
        ILogger logger) =>
        (_store, _connections, _window, _time, _counters, _logger) = (store, connections, window, time, counters, logger);

    /// <summary>Begins to tell of changes.</summary>
    internal void Start()
    {
        _store.Changed += Wake;
        _running = RunAsync(_stopping.Token);
    }

    /// <summary>Tells everybody who has fetched anything, as a change of all of it would.</summary>
    internal void TellAll()
    {
        Volatile.Write(ref _isEverybodyConcerned, true);
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

            await TellAsync(stopping);
        }
    }

    // Who holds what is no longer so is read off the connections themselves: a change that was undone in time concerns nobody.
    private async Task TellAsync(CancellationToken stopping)
    {
        RpcServerConnection[] concerned =
            _connections.Open(Interlocked.Exchange(ref _isEverybodyConcerned, false) ? HoldsVolfile : HoldsOldVolfile);
        if (concerned.Length == 0)
        {
            return;
        }

        TimeSpan whole = concerned.Length * s_perClient < _window ? concerned.Length * s_perClient : _window;
        long start = _time.GetTimestamp();
        for (int told = 0; told < concerned.Length; told++)
        {
            TimeSpan early = (whole * told / concerned.Length) - _time.GetElapsedTime(start);
            if (early > s_leastDelay)
            {
                await Task.Delay(early, _time, stopping);
            }

            uint xid = ++_xid;
            concerned[told].Call(writer => FetchSpecCallback.Write(writer, xid));
        }

        _counters.CountNotified(concerned.Length);
        VolfileLog.ClientsNotified(_logger, concerned.Length);
    }

    private static bool HoldsVolfile(RpcServerConnection connection) => !((VolfilePeer)connection.Peer).Held.IsEmpty;

    private bool HoldsOldVolfile(RpcServerConnection connection)
    {
        ImmutableArray<HeldVolfile> held = ((VolfilePeer)connection.Peer).Held;
        return held.Any(volfile => _store.Find(volfile.Key) is { } stored && stored.Hash != volfile.Hash);
    }
}
