using System.ComponentModel;
using System.Net;
using KadaluFsd.Linux;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// The connections on which volfiles are served: takes sockets from the router, ends those that keep it waiting.
/// </summary>
/// <param name="loop">Drives them.</param>
/// <param name="programsFor">What is offered on one.</param>
/// <param name="isNode">Tells whether an address is a pool's node's.</param>
/// <param name="admission">Says who may open one.</param>
/// <param name="options">Deadlines.</param>
/// <param name="logger">Told why connections end.</param>
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

    /// <summary>Begins to end connections that are idle or stuck for too long.</summary>
    internal void Sweep() => _sweeper = SweepAsync();

    /// <summary>How many are open.</summary>
    public int Count => admission.Count;

    /// <summary>The connections that are open now, each with a <see cref="VolfilePeer"/>. Not for the loop's thread.</summary>
    /// <param name="which">Which of them.</param>
    /// <returns>Those.</returns>
    public RpcServerConnection[] Open(Func<RpcServerConnection, bool> which) =>
        [.. Entries().Select(entry => entry.Connection).Where(which)];

    /// <summary>Whether a peer is a node of a pool that is served here.</summary>
    /// <param name="fd">A connection.</param>
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
    /// Serves a client that is inside of the graph's TLS already, until it ends. Returns at once. On the loop's thread.
    /// </summary>
    /// <param name="fd">Its socket, on which it is not encrypted; owned from here on.</param>
    /// <param name="address">The client's address; null where it is on a unix socket.</param>
    /// <param name="name">The name in its certificate.</param>
    public void AddRelayed(int fd, IPEndPoint? address, string name)
    {
        var peer = new VolfilePeer(address);
        Serve(admission.EnterRelayed(fd, peer, name), fd, peer);
    }

    /// <summary>Ends every connection and waits until all are gone.</summary>
    /// <returns>A task that ends then.</returns>
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

        var entry = new Entry(new RpcServerConnection(transport, programsFor(fd), peer, Report), Environment.TickCount64);

        // In the table first, so that its end cannot come before its beginning: what has arrived is answered here and now.
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
        admission.Leave((VolfilePeer)entry.Connection.Peer);
        string address = entry.Connection.Peer.Address;
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
        using var timer = new PeriodicTimer(options.CallTimeout / 4);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                long before = Environment.TickCount64 - (long)options.CallTimeout.TotalMilliseconds;
                foreach (Entry entry in Entries())
                {
                    RpcServerConnection connection = entry.Connection;
                    long busySince = connection.BusySince;
                    if ((busySince != 0 && busySince < before) ||
                        (connection.Peer.Answered == 0 && entry.OpenedAt < before))
                    {
                        connection.Close();
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The unit stops.
        }
    }

    private sealed class Entry(RpcServerConnection connection, long openedAt)
    {
        internal RpcServerConnection Connection => connection;

        internal long OpenedAt => openedAt;

        /// <summary>Ends with the connection.</summary>
        internal Task Served { get; set; } = Task.CompletedTask;
    }
}
