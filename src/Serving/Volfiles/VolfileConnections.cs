using System.ComponentModel;
using System.Net;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Linux;
using KadaluFsd.Rpc.Onc;
using KadaluFsd.Serving.Events;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// The connections on which volfiles are served: takes sockets from the router, ends those that keep it waiting.
/// </summary>
/// <param name="programs">What is offered on each.</param>
/// <param name="nodePrograms">What is offered on those that come in on the node's port; null where there is none.</param>
/// <param name="isNode">Tells whether an address is a pool's node's.</param>
/// <param name="admission">Says who may open one.</param>
public sealed class VolfileConnections(
    EventLoop loop, RpcProgramTable programs, RpcProgramTable? nodePrograms, Func<IPAddress, bool> isNode,
    VolfileAdmission admission, DaemonOptions options, ILogger logger)
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
    public RpcServerConnection[] Open(Func<RpcServerConnection, bool> which) =>
        [.. Entries().Select(entry => entry.Connection).Where(which)];

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
            new RpcServerConnection(transport, ProgramsFor(fd), peer, Report, () => loop.Tick), loop.Tick);

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

    private RpcProgramTable ProgramsFor(int fd) =>
        nodePrograms is not null && RawSocket.LocalPort(fd) == options.NodePort ? nodePrograms : programs;

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
        (entry.Connection.Peer.Answered == 0 && entry.OpenedAt < before);

    private sealed class Entry(RpcServerConnection connection, long openedAt)
    {
        internal RpcServerConnection Connection => connection;

        internal long OpenedAt => openedAt;

        /// <summary>Ends with the connection.</summary>
        internal Task Served { get; set; } = Task.CompletedTask;
    }
}
