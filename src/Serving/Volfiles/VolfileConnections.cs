using System.ComponentModel;
using System.Net;
using KadaluFsd.Linux;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>The connections on which volfiles are served. Closes those that are idle or stuck for too long.</summary>
/// <param name="programsFor">The RPC programs offered on a connection, by its descriptor.</param>
/// <param name="isNode">Whether an address is a node of a pool.</param>
/// <param name="admission">Admits connections.</param>
public sealed class VolfileConnections(
    EventLoop loop, Func<int, RpcProgramTable> programsFor, Func<IPAddress, bool> isNode,
    VolfileAdmission admission, ConnectionOptions options, ILogger logger)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    // Only the loop's thread uses this.
    private readonly HashSet<Entry> _open = [];
    private Task _sweeper = Task.CompletedTask;
    private int _disposed;

    /// <summary>Starts closing connections that are idle or stuck for too long.</summary>
    internal void Sweep() => _sweeper = SweepAsync();

    /// <summary>How many are open.</summary>
    public int Count => admission.Count;

    /// <summary>The connections that are open now, each with a <see cref="VolfilePeer"/>. Not for the loop's thread.</summary>
    public OpenVolfileConnection[] Open() =>
        [.. Entries().Select(entry => new OpenVolfileConnection(entry.Connection, entry.Peer))];

    /// <summary>Whether a peer is a node of a pool that is served here.</summary>
    /// <returns>Whether it is; false where the connection is gone.</returns>
    public bool IsNode(int fd) => RawSocket.TryGetPeer(fd, out IPEndPoint? peer) && (peer is null || isNode(peer.Address));

    /// <summary>Serves a connection until it ends. Returns at once. On the loop's thread.</summary>
    /// <param name="fd">A connected, non-blocking socket; owned from here on.</param>
    internal void Add(int fd)
    {
        if (!RawSocket.TryGetPeer(fd, out IPEndPoint? address))
        {
            RawSocket.Close(fd);
            return;
        }

        var peer = new VolfilePeer(address);
        Serve(admission.Enter(fd, peer), fd, peer);
    }

    /// <summary>
    /// Serves a client that the graph's TLS has authenticated already, until it ends. Returns at once. On the loop's thread.
    /// </summary>
    /// <param name="fd">A socket with the decrypted bytes; owned from here on.</param>
    /// <param name="address">The client's address; null on a unix socket.</param>
    /// <param name="name">The common name in its certificate.</param>
    public void AddRelayed(int fd, IPEndPoint? address, string name)
    {
        var peer = new VolfilePeer(address);
        Serve(admission.EnterRelayed(fd, peer, name), fd, peer);
    }

    /// <summary>Closes every connection and waits until all have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _sweeper;
        Entry[] open = Entries();
        foreach (Entry entry in open)
        {
            entry.Connection.Close();
        }

        await Task.WhenAll(open.Select(entry => entry.Served));
        _stopping.Dispose();
    }

    private Entry[] Entries()
    {
        Entry[] entries = [];
        loop.Invoke(() => entries = [.. _open]);
        return entries;
    }

    // Null where it was closed already.
    private void Serve(ITransport? transport, int fd, VolfilePeer peer)
    {
        if (transport is null)
        {
            return;
        }

        var entry = new Entry(
            new RpcServerConnection(transport, programsFor(fd), peer, Report, () => loop.Tick), peer, loop.Tick);

        // Added to the table before it is started, because it may end at once: bytes that have arrived are answered here and now.
        _open.Add(entry);
        entry.Served = ServeAsync(entry, transport);
        try
        {
            transport.Start();
        }
        catch (Win32Exception)
        {
            entry.Connection.Close();
        }
    }

    private async Task ServeAsync(Entry entry, ITransport transport)
    {
        (RpcCloseReason reason, string text) = await entry.Connection.RunAsync();
        transport.Dispose();
        _open.Remove(entry);
        admission.Leave(entry.Peer);
        string address = entry.Peer.Address;
        if (reason is RpcCloseReason.ProtocolError or RpcCloseReason.Truncated)
        {
            VolfileLog.VolfileConnectionBroken(logger, address, text);
        }
        else
        {
            VolfileLog.VolfileConnectionEnded(logger, address, reason, text);
        }
    }

    private void Report(RpcPeer peer, RpcOutcome outcome)
    {
        if (outcome is { Status: AcceptStatus.SystemError, Error: { } error })
        {
            VolfileLog.ProcedureFailed(logger, outcome.Program, outcome.Procedure, error);
        }
    }

    private async Task SweepAsync()
    {
        // A few times per timeout: a connection lives at most a quarter longer than it may.
        using var timer = new PeriodicTimer(options.CallTimeout / 4, loop.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                loop.Invoke(CloseLate);
            }
        }
        catch (OperationCanceledException)
        {
            // The unit stops.
        }
    }

    private void CloseLate()
    {
        long before = loop.Tick - (long)options.CallTimeout.TotalMilliseconds;

        // One that is closed is no longer among those that are open.
        foreach (Entry entry in _open.Where(entry => IsLate(entry, before)).ToArray())
        {
            entry.Connection.Close();
        }
    }

    private static bool IsLate(Entry entry, long before) =>
        (entry.Connection.BusySince is not 0 and long since && since < before) ||
        (entry.Peer.Answered == 0 && entry.OpenedAt < before);

    private sealed class Entry(RpcServerConnection connection, VolfilePeer peer, long openedAt)
    {
        internal RpcServerConnection Connection => connection;

        internal VolfilePeer Peer => peer;

        internal long OpenedAt => openedAt;

        /// <summary>Ends with the connection.</summary>
        internal Task Served { get; set; } = Task.CompletedTask;
    }
}

/// <summary>An open volfile connection.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Peer">Its peer.</param>
public sealed record OpenVolfileConnection(RpcServerConnection Connection, VolfilePeer Peer);
