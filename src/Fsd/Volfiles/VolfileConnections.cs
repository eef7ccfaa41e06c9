using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>The connections on which volfiles are served: takes sockets from the router, ends those that keep it waiting.</summary>
internal sealed class VolfileConnections : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Entry, byte> _open = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RpcProgramTable _programs;
    private readonly DaemonOptions _options;
    private readonly ILogger _logger;
    private readonly Func<IPAddress?, bool> _admits;
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly RateLimitedCount _tooMany = new();
    private readonly RateLimitedCount _denied = new();
    private readonly Task _sweeper;
    private int _disposed;

    /// <summary>No connections yet.</summary>
    /// <param name="programs">What is offered on each.</param>
    /// <param name="admits">Tells whether an address may connect; asked before anything is read.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="logger">Told why connections end.</param>
    internal VolfileConnections(RpcProgramTable programs, Func<IPAddress?, bool> admits, DaemonOptions options, ILogger logger)
    {
        _admits = admits;
        _programs = programs;
        _options = options;
        _logger = logger;
        _sweeper = SweepAsync();
        StartSocketEngine();
    }

    /// <summary>How many are open.</summary>
    internal int Count => _open.Count;

    /// <summary>The open connections, each with a <see cref="VolfilePeer"/>.</summary>
    internal IEnumerable<RpcServerConnection> Open => _open.Keys.Select(entry => entry.Connection);

    /// <summary>Serves a connection until it ends. Returns at once.</summary>
    /// <param name="fd">A connected socket; owned from here on.</param>
    internal void Add(int fd)
    {
        var handle = new SafeSocketHandle(fd, ownsHandle: true);
        try
        {
            Add(new Socket(handle));
        }
        catch (SocketException)
        {
            // The peer has gone meanwhile: .NET asks the socket what it is before it takes it.
            handle.Dispose();
        }
    }

    /// <summary>Serves a connection until it ends. Returns at once.</summary>
    /// <param name="socket">A connected socket; owned from here on.</param>
    internal void Add(Socket socket)
    {
        try
        {
            var peer = new VolfilePeer(socket.RemoteEndPoint);
            if (!_admits(peer.Ip))
            {
                Turn(socket, _denied, count => FsdLog.AddressesDenied(_logger, count, peer.Address));
            }
            else if (!TryCount(peer.Ip))
            {
                Turn(socket, _tooMany, count => FsdLog.TooManyVolfileConnections(_logger, count, peer.Address));
            }
            else
            {
                Serve(socket, peer);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            socket.Dispose();
            FsdLog.VolfileConnectionEnded(_logger, "a new peer", RpcCloseReason.Reset, exception.Message);
        }
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
        foreach (Entry entry in _open.Keys)
        {
            entry.Connection.Close();
        }

        await Task.WhenAll(_open.Keys.Select(entry => entry.Served));
        _stopping.Dispose();
    }

    // Peers can cause these at will: counted, and one of them shown.
    private static void Turn(Socket socket, RateLimitedCount counter, Action<long> log)
    {
        socket.Dispose();
        if (counter.Add() is { } count)
        {
            log(count);
        }
    }

    // Only the router's thread adds, so that between the look and the count nobody comes in.
    private bool TryCount(IPAddress? address)
    {
        if (_open.Count >= _options.MaxVolfileConnections)
        {
            return false;
        }

        if (address is null)
        {
            return true;
        }

        if (_perAddress.GetValueOrDefault(address) >= _options.MaxPerAddress)
        {
            return false;
        }

        _perAddress.AddOrUpdate(address, 1, static (_, count) => count + 1);
        return true;
    }

    private void Discount(IPAddress? address)
    {
        if (address is not null && _perAddress.AddOrUpdate(address, 0, static (_, count) => count - 1) == 0)
        {
            _perAddress.TryRemove(KeyValuePair.Create(address, 0));
        }
    }

    private void Serve(Socket socket, VolfilePeer peer)
    {
        SocketPipe transport;
        try
        {
            transport = new SocketPipe(socket);
        }
        catch (IOException)
        {
            Discount(peer.Ip);
            throw;
        }

        var entry = new Entry(new RpcServerConnection(transport, _programs, peer, Report), Environment.TickCount64);

        // In the table first, so that its end cannot come before its beginning: what has arrived is answered here and now.
        _open[entry] = 0;
        entry.Served = ServeAsync(entry, transport);
    }

    private async Task ServeAsync(Entry entry, SocketPipe transport)
    {
        (RpcCloseReason reason, string text) = await entry.Connection.RunAsync();
        transport.Dispose();
        _open.TryRemove(entry, out _);
        Discount(((VolfilePeer)entry.Connection.Peer).Ip);
        string address = entry.Connection.Peer.Address;
        if (reason is RpcCloseReason.ProtocolError or RpcCloseReason.Truncated)
        {
            FsdLog.VolfileConnectionBroken(_logger, address, text);
        }
        else
        {
            FsdLog.VolfileConnectionEnded(_logger, address, reason, text);
        }
    }

    // The runtime sets its socket event loop up at the first asynchronous operation, and never again if that fails: not a thing to leave
    // to a moment when descriptors may be short.
    private static void StartSocketEngine()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var given = new CancellationTokenSource();
        ValueTask<SocketReceiveFromResult> pending = socket.ReceiveFromAsync(new byte[1], SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), given.Token);
        given.Cancel();
        _ = pending.AsTask().ContinueWith(static task => task.Exception, TaskScheduler.Default);
    }

    private void Report(RpcPeer peer, RpcOutcome outcome)
    {
        if (outcome is { Status: AcceptStatus.SystemError, Error: { } error })
        {
            FsdLog.ProcedureFailed(_logger, outcome.Program, outcome.Procedure, error);
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
                foreach (Entry entry in _open.Keys)
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
