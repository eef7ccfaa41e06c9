using System.Net;
using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Control;

/// <summary>The control API of a process on one socket: HTTP/1.1 and JSON.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    // A manager, a monitoring agent and a few people.
    private const int MaxConnections = 64;
    private const int MaxHeaderBytes = 16 * 1024;
    private static readonly TimeSpan s_headerTimeout = TimeSpan.FromSeconds(5);

    // What Linux takes at most by default (net.core.somaxconn): where a unix socket's is full, connecting fails at once.
    private const int Backlog = 4096;

    // Longer than monitoring agents pause; one that finds its connection closed makes another.
    private static readonly TimeSpan s_idleTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(1);

    private readonly LocalSocketPath? _path;
    private readonly KestrelServer _server;
    private readonly ControlApplication _application;
    private bool _isDisposed;

    private ControlServer(LocalSocketPath? path, KestrelServer server, ControlApplication application) =>
        (_path, _server, _application) = (path, server, application);

    /// <summary>Starts to serve on a unix socket, for root and the process's own user.</summary>
    /// <param name="path">Path of the socket.</param>
    /// <param name="application">What is served. It is disposed of with the server.</param>
    /// <param name="loggers">Makes Kestrel's loggers.</param>
    /// <returns>The server.</returns>
    /// <exception cref="CommandException">The socket cannot be made.</exception>
    internal static async Task<ControlServer> StartAsync(string path, ControlApplication application, ILoggerFactory loggers)
    {
        var place = LocalSocketPath.For(path);
        KestrelServer server = Create((options, setUp) => options.ListenUnixSocket(place.Bound, setUp), loggers, place);
        bool isBound = false;
        try
        {
            place.Prepare();
            await server.StartAsync(application, CancellationToken.None);
            isBound = true;
            place.Open();
            return new ControlServer(place, server, application);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            if (isBound)
            {
                place.Close();
            }

            server.Dispose();
            throw new CommandException(
                SystemRefusal.CodeOf(exception, ExitCode.PortUnavailable),
                $"control socket {path} cannot be listened on: {exception.Message}");
        }
    }

    /// <summary>Starts to serve over TCP, for anybody.</summary>
    /// <param name="address">Where.</param>
    /// <param name="application">What is served. It is disposed of with the server.</param>
    /// <param name="loggers">Makes Kestrel's loggers.</param>
    /// <returns>The server.</returns>
    /// <exception cref="CommandException">It cannot listen there.</exception>
    internal static async Task<ControlServer> StartAsync(
        IPEndPoint address, ControlApplication application, ILoggerFactory loggers)
    {
        KestrelServer server = Create((options, setUp) => options.Listen(address, setUp), loggers, path: null);
        try
        {
            await server.StartAsync(application, CancellationToken.None);
            return new ControlServer(null, server, application);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            server.Dispose();
            throw new CommandException(ExitCode.PortUnavailable, $"metrics cannot be served on {address}: {exception.Message}");
        }
    }

    /// <summary>Ends it; requests that are being answered have a moment for that.</summary>
    /// <returns>A task that ends then.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;

        // The name goes first: whoever comes next may have one of its own there before the last request is answered.
        _path?.Close();

        using var goodbye = new CancellationTokenSource(s_goodbye);
        await _server.StopAsync(goodbye.Token);
        _server.Dispose();
        _application.Dispose();
    }

    private static KestrelServer Create(
        Action<KestrelServerOptions, Action<ListenOptions>> listen, ILoggerFactory loggers, LocalSocketPath? path)
    {
        var connections = new ControlConnections(MaxConnections);
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = ControlClient.MaxRequestBytes;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        options.Limits.RequestHeadersTimeout = s_headerTimeout;
        options.Limits.KeepAliveTimeout = s_idleTimeout;
        listen(options, socket =>
        {
            socket.Protocols = HttpProtocols.Http1;
            socket.Use(serve => connection => connections.RunAsync(connection, serve));
        });
        var transport = new SocketTransportFactory(
            Microsoft.Extensions.Options.Options.Create(
                new SocketTransportOptions
                {
                    IOQueueCount = 0,
                    Backlog = Backlog,
                    CreateBoundListenSocket = place =>
                    path?.Bind() ?? SocketTransportOptions.CreateDefaultBoundListenSocket(place)
                }), loggers);
        return new KestrelServer(Microsoft.Extensions.Options.Options.Create(options), transport, loggers);
    }
}
