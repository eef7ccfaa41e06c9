using System.Globalization;
using System.Net.Sockets;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;

namespace KadaluFsd.Fsd.Cli;

/// <summary>A connection to a volfile server, as clients have one. Its errors are <see cref="CommandException"/>s.</summary>
internal sealed class VolfileFetcher : IDisposable
{
    private static readonly TimeSpan s_connectsWithin = TimeSpan.FromSeconds(10);

    // The values of GlusterFS 10; glusterd rejects a client whose range does not include its volume's.
    private static readonly GlusterDict s_operationVersions =
        GlusterDict.Empty.Add("max-op-version", "100000").Add("min-op-version", "1");

    private readonly string _server;
    private readonly SocketPipe _transport;
    private readonly RpcClientConnection _connection;

    private VolfileFetcher(string server, SocketPipe transport)
    {
        (_server, _transport) = (server, transport);
        _connection = new RpcClientConnection(transport);
    }

    /// <summary>How long a fetch may take.</summary>
    internal TimeSpan AnswersWithin { get; set; } = s_connectsWithin;

    /// <summary>Parses the address of a server.</summary>
    /// <param name="text"><c>host:port</c> or <c>[address]:port</c>.</param>
    /// <exception cref="CommandException">It is neither.</exception>
    internal static (string Host, int Port) ParseServer(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon > 0 ? text[..colon] : "";
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (isBracketed)
        {
            host = host[1..^1];
        }

        return host.Length > 0 && (isBracketed || !host.Contains(':', StringComparison.Ordinal)) &&
            int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) &&
            port is > 0 and <= 65535
            ? (host, port)
            : throw new CommandException(ExitCode.Usage, $"\"{text}\" is not HOST:PORT");
    }

    /// <summary>Connects.</summary>
    /// <param name="server"><c>host:port</c>, or the path of a unix socket.</param>
    /// <exception cref="CommandException">Nobody is there.</exception>
    internal static Task<VolfileFetcher> ConnectAsync(string server, CancellationToken cancellation)
    {
        (string Host, int Port)? place = server.StartsWith('/') ? null : ParseServer(server);
        return GuardAsync(server, s_connectsWithin, async deadline => new VolfileFetcher(server, new SocketPipe(
            place is (string host, int port)
                ? await ConnectTcpAsync(host, port, deadline)
                : await ConnectUnixAsync(server, deadline))), cancellation);
    }

    private static Task<Socket> ConnectTcpAsync(string host, int port, CancellationToken deadline) => ConnectAsync(
        new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        socket => socket.ConnectAsync(host, port, deadline));

    private static Task<Socket> ConnectUnixAsync(string path, CancellationToken deadline)
    {
        try
        {
            var place = new UnixDomainSocketEndPoint(LocalSocketPath.For(path).Bound);
            return ConnectAsync(
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                socket => socket.ConnectAsync(place, deadline));
        }
        catch (FormatException exception)
        {
            throw new CommandException(ExitCode.Usage, $"{path} is not {exception.Message}");
        }
    }

    private static async Task<Socket> ConnectAsync(Socket socket, Func<Socket, ValueTask> connect)
    {
        try
        {
            await connect(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Fetches a volfile.</summary>
    /// <param name="wantsServers">Whether to ask for a server list as well.</param>
    /// <returns>The reply, with a volfile in it.</returns>
    /// <exception cref="CommandException">The server does not give it, or closed the connection.</exception>
    internal Task<GetSpecReply> FetchAsync(string key, bool wantsServers, CancellationToken cancellation) =>
        GuardAsync(_server, AnswersWithin, async deadline =>
        {
            GetSpecReply reply = await _connection.CallAsync(
                GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion, GlusterPrograms.GetSpec,
                new GetSpecCall(wantsServers ? GetSpecCall.WantsServers : 0, key, s_operationVersions).Write, GetSpecReply.Read,
                deadline);
            return reply.Result >= 0
                ? reply
                : throw new CommandException(
                    ExitCode.PeerRefused, $"{_server} does not give volfile \"{key}\": errno {reply.Errno}");
        }, cancellation);

    /// <summary>Waits until the server notifies of a changed volfile (FETCHSPEC).</summary>
    /// <exception cref="CommandException">The server closed the connection.</exception>
    internal Task WaitForChangeAsync(CancellationToken cancellation) =>
        GuardAsync(_server, Timeout.InfiniteTimeSpan, async deadline =>
        {
            while (await _connection.WaitForCallAsync(deadline) != (GlusterPrograms.Callback, GlusterPrograms.FetchSpec))
            {
                // Another callback of the server.
            }

            return true;
        }, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private static async Task<T> GuardAsync<T>(
        string server, TimeSpan timeout, Func<CancellationToken, Task<T>> action, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            return await action(deadline.Token);
        }
        catch (RpcRefusedException exception)
        {
            throw new CommandException(ExitCode.PeerRefused, $"{server}: {exception.Message}");
        }
        catch (SocketException exception) when (
            exception.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"{server}: DNS and /etc/hosts know no address of this name");
        }
        catch (Exception exception) when (exception is SocketException or IOException or ProtocolException)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"{server}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.PeerUnreachable, $"{server}: no answer within {timeout.TotalSeconds} s");
        }
    }
}
