using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>The connections on which volfiles are served: takes sockets from the router, ends those that keep it waiting.</summary>
internal sealed class VolfileConnections : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly RpcProgramTable _programs;
    private readonly RpcProgramTable? _nodePrograms;
    private readonly VolfileTls _tls;
    private readonly DaemonOptions _options;
    private readonly ILogger _logger;
    private readonly Func<IPAddress?, bool> _admits;
    private readonly Func<IPAddress, bool> _isNode;
    private readonly EventLoop _loop;

    // Only the loop's thread uses these two.
    private readonly HashSet<Entry> _open = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly RateLimitedCount _tooMany = new();
    private readonly RateLimitedCount _denied = new();
    private readonly RateLimitedCount _plain = new();
    private readonly RateLimitedCount _notEncrypted = new();
    private Task _sweeper = Task.CompletedTask;
    private int _count;
    private int _disposed;

    /// <summary>No connections yet.</summary>
    /// <param name="loop">Drives them.</param>
    /// <param name="programs">What is offered on each.</param>
    /// <param name="nodePrograms">What is offered on those that come in on the node's port; null where there is none.</param>
    /// <param name="admits">Tells whether an address may connect; asked before anything is read.</param>
    /// <param name="isNode">Tells whether an address is a pool's node's.</param>
    /// <param name="tls">Whether they are encrypted; stays the caller's.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="logger">Told why connections end.</param>
    internal VolfileConnections(
        EventLoop loop, RpcProgramTable programs, RpcProgramTable? nodePrograms, Func<IPAddress?, bool> admits, Func<IPAddress, bool> isNode, VolfileTls tls, DaemonOptions options, ILogger logger)
    {
        _loop = loop;
        _admits = admits;
        _isNode = isNode;
        _programs = programs;
        _nodePrograms = nodePrograms;
        _tls = tls;
        _options = options;
        _logger = logger;
    }

    /// <summary>Begins to end connections that are idle or stuck for too long.</summary>
    internal void Sweep() => _sweeper = SweepAsync();

    /// <summary>How many are open.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>The connections that are open now, each with a <see cref="VolfilePeer"/>. Not for the loop's thread.</summary>
    /// <param name="which">Which of them.</param>
    /// <returns>Those.</returns>
    internal RpcServerConnection[] Open(Func<RpcServerConnection, bool> which) => [.. Entries().Select(entry => entry.Connection).Where(which)];

    /// <summary>Whether a peer is a node of a pool that is served here.</summary>
    /// <param name="fd">A connection.</param>
    /// <returns>Whether it is; false where the connection is gone.</returns>
    internal bool IsNode(int fd) => RawSocket.TryGetPeer(fd, out IPEndPoint? peer) && (peer is null || _isNode(peer.Address));

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
        Add(fd, peer, () => Open(fd, peer));
    }

    /// <summary>Serves a client that is inside of the graph's TLS already, until it ends. Returns at once. On the loop's thread.</summary>
    /// <param name="client">The client; its socket is owned from here on.</param>
    internal void AddRelayed(RelayClient client)
    {
        var peer = new VolfilePeer(client.Peer);
        Add(client.Fd, peer, () => OpenRelayed(client, peer));
    }

    private void Add(int fd, VolfilePeer peer, Func<ITransport?> open)
    {
        if (!_admits(peer.Ip))
        {
            Report(_denied, count => VolfileLog.AddressesDenied(_logger, count, peer.Address));
            RawSocket.Close(fd);
        }
        else if (open() is not { } transport)
        {
            RawSocket.Close(fd);
        }
        else if (!TryCount(peer.Ip))
        {
            Report(_tooMany, count => VolfileLog.TooManyVolfileConnections(_logger, count, peer.Address));
            transport.Dispose();
        }
        else
        {
            Serve(transport, ProgramsFor(fd), peer);
        }
    }

    // With TLS where the peer speaks it, whose first bytes have come already. Null where it is refused.
    private ITransport? Open(int fd, VolfilePeer peer)
    {
        if (!IsTls(fd))
        {
            if (_tls.IsRequired && peer.Ip is not null)
            {
                Report(_plain, count => VolfileLog.PlainRefused(_logger, count, peer.Address));
                return null;
            }

            return new LoopSocket(_loop, fd);
        }

        if (_tls.TryAccept(out string problem) is { } session)
        {
            return new TlsTransport(_loop, fd, session, _tls.Refuse, reason => ReportTls(peer, reason));
        }

        ReportTls(peer, problem);
        return null;
    }

    private LoopSocket? OpenRelayed(RelayClient client, VolfilePeer peer)
    {
        if (_tls.Refuse(client.Name) is not { } reason)
        {
            return new LoopSocket(_loop, client.Fd);
        }

        ReportTls(peer, reason);
        return null;
    }

    private void ReportTls(VolfilePeer peer, string reason) => Report(_notEncrypted, count => VolfileLog.TlsRefused(_logger, count, peer.Address, reason));

    private static bool IsTls(int fd)
    {
        Span<byte> first = stackalloc byte[RpcLimits.CallPrefix];
        RawSocket.Peek(fd, first, out int count);
        return CallPrefix.Inspect(first[..count]).Kind == CallPrefixKind.Tls;
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
        _loop.Invoke(() => entries = [.. _open]);
        return entries;
    }

    // Peers can cause these at will: counted, and one of them shown.
    private static void Report(RateLimitedCount counter, Action<long> log)
    {
        if (counter.Add() is { } count)
        {
            log(count);
        }
    }

    private bool TryCount(IPAddress? address)
    {
        if (_count >= _options.MaxVolfileConnections)
        {
            return false;
        }

        if (address is null)
        {
            return true;
        }

        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_perAddress, address, out _);
        if (count >= _options.MaxPerAddress)
        {
            return false;
        }

        count++;
        return true;
    }

    private void Discount(IPAddress? address)
    {
        if (address is not null && --CollectionsMarshal.GetValueRefOrNullRef(_perAddress, address) == 0)
        {
            _perAddress.Remove(address);
        }
    }

    private void Serve(ITransport transport, RpcProgramTable programs, VolfilePeer peer)
    {
        var entry = new Entry(new RpcServerConnection(transport, programs, peer, Report), Environment.TickCount64);

        // In the table first, so that its end cannot come before its beginning: what has arrived is answered here and now.
        _open.Add(entry);
        _count++;
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

    private RpcProgramTable ProgramsFor(int fd) => _nodePrograms is not null && RawSocket.LocalPort(fd) == _options.NodePort ? _nodePrograms : _programs;

    private async Task ServeAsync(Entry entry, ITransport transport)
    {
        (RpcCloseReason reason, string text) = await entry.Connection.RunAsync();
        transport.Dispose();
        _open.Remove(entry);
        _count--;
        Discount(((VolfilePeer)entry.Connection.Peer).Ip);
        string address = entry.Connection.Peer.Address;
        if (reason is RpcCloseReason.ProtocolError or RpcCloseReason.Truncated)
        {
            VolfileLog.VolfileConnectionBroken(_logger, address, text);
        }
        else
        {
            VolfileLog.VolfileConnectionEnded(_logger, address, reason, text);
        }
    }

    private void Report(RpcPeer peer, RpcOutcome outcome)
    {
        if (outcome is { Status: AcceptStatus.SystemError, Error: { } error })
        {
            VolfileLog.ProcedureFailed(_logger, outcome.Program, outcome.Procedure, error);
        }
    }

    private async Task SweepAsync()
    {
        // A few times per timeout: a connection lives at most a quarter longer than it may.
        using var timer = new PeriodicTimer(_options.CallTimeout / 4);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                long before = Environment.TickCount64 - (long)_options.CallTimeout.TotalMilliseconds;
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
