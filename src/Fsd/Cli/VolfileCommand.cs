using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using KadaluFsd.Rpc;
using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd volfile</c>: asks a volfile server, the way a client does.</summary>
internal static class VolfileCommand
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    // What GlusterFS 10 sends; glusterd refuses a client whose range does not cover its volume.
    private static readonly GlusterDict s_operationVersions =
        new GlusterDict().Add("max-op-version", "100000").Add("min-op-version", "1");

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    internal static Command Create()
    {
        var server = new Argument<string>("HOST:PORT") { Description = "The server; [ADDRESS]:PORT for an IPv6 address." };
        var key = new Argument<string>("KEY") { Description = "The volfile's key, mostly the pool's name." };
        var get = new Command("get", "Fetch a volfile and print it.") { server, key };
        get.SetAction(async (parsed, cancellation) =>
        {
            ReadOnlyMemory<byte> spec = await FetchAsync(parsed.GetValue(server)!, parsed.GetValue(key)!, cancellation);
            await using Stream output = Console.OpenStandardOutput();
            await output.WriteAsync(spec, cancellation);
            return (int)ExitCode.Success;
        });
        return new Command("volfile", "Ask a volfile server.") { get };
    }

    /// <summary>Splits a server's name.</summary>
    /// <param name="text"><c>host:port</c> or <c>[address]:port</c>.</param>
    /// <returns>Host and port.</returns>
    /// <exception cref="StartException">It is neither.</exception>
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
            int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
            ? (host, port)
            : throw new StartException(ExitCode.Usage, $"\"{text}\" is not HOST:PORT");
    }

    private static async Task<ReadOnlyMemory<byte>> FetchAsync(string server, string key, CancellationToken cancellation)
    {
        (string host, int port) = ParseServer(server);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(s_timeout);
        try
        {
            using var factory = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), NullLogger.Instance);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(host, port, deadline.Token);
            await using ConnectionContext transport = factory.Create(socket);
            GetSpecReply reply = await new RpcClientConnection(transport.Transport).CallAsync(
                GlusterPrograms.Handshake, GlusterPrograms.HandshakeVersion, GlusterPrograms.GetSpec,
                new GetSpecCall(0, key, s_operationVersions).Write, GetSpecReply.Read, deadline.Token);
            return reply.Result >= 0
                ? reply.Spec
                : throw new StartException(ExitCode.PeerRefused, $"{server} does not give volfile \"{key}\": errno {reply.Errno}");
        }
        catch (RpcRefusedException exception)
        {
            throw new StartException(ExitCode.PeerRefused, $"{server}: {exception.Message}");
        }
        catch (Exception exception) when (exception is SocketException or IOException or ProtocolException)
        {
            throw new StartException(ExitCode.PeerUnreachable, $"{server}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new StartException(ExitCode.PeerUnreachable, $"{server}: no answer within {s_timeout.TotalSeconds} s");
        }
    }
}
