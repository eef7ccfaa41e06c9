using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Transport;

namespace KadaluFsd.Cluster.Tests.Transport;

/// <summary>Connections between nodes, over real sockets.</summary>
public sealed class ClusterTlsTests : IDisposable
{
    private readonly ClusterAuthority _authority = ClusterAuthority.Create(Guid.NewGuid(), TimeProvider.System);
    private readonly PeerIdentity _manager = new(Guid.NewGuid(), ClusterRole.Manager);
    private readonly PeerIdentity _node = new(Guid.NewGuid(), ClusterRole.Node);
    private readonly List<IDisposable> _owned = [];

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _authority.Dispose();
    }

    [Fact]
    public async Task Each_end_learns_who_the_other_is()
    {
        (string? refusal, PeerIdentity? seen) = await ConnectAsync(Of(_authority, _node), Of(_authority, _manager), _node);
        Assert.Null(refusal);
        Assert.Equal(_manager, seen);
    }

    [Fact]
    public async Task Who_is_not_the_one_that_was_meant_is_refused_with_the_reason()
    {
        var other = new PeerIdentity(Guid.NewGuid(), ClusterRole.Node);
        (string? refusal, _) = await ConnectAsync(Of(_authority, other), Of(_authority, _manager), _node);
        Assert.Equal($"it is the node {other.Node}, not the node {_node.Node}", refusal);

        // Nor is the manager on that node.
        (refusal, _) = await ConnectAsync(
            Of(_authority, _node with { Role = ClusterRole.Manager }), Of(_authority, _manager), _node);
        Assert.StartsWith("it is the manager on the node", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_of_another_cluster_is_refused_by_both_ends()
    {
        var another = ClusterAuthority.Create(Guid.NewGuid(), TimeProvider.System);
        _owned.Add(another);
        (string? refusal, _) = await ConnectAsync(Of(another, _node), Of(_authority, _manager), _node);
        Assert.Contains("of another cluster", refusal, StringComparison.Ordinal);

        // The client believes the server, and the server not the client.
        using ClusterTrust trust = _authority.Trust();
        var stranger = new ClusterTls(Certificate(another, _manager), trust, TimeProvider.System);
        (refusal, PeerIdentity? seen) = await ConnectAsync(Of(_authority, _node), stranger, _node);
        Assert.Contains("closed by the server", refusal, StringComparison.Ordinal);
        Assert.Null(seen);
    }

    [Fact]
    public async Task Who_has_no_certificate_yet_gets_in_as_nobody()
    {
        var anybody = new SslClientAuthenticationOptions
        {
            TargetHost = "anybody",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        };
        (string? refusal, PeerIdentity? seen) = await ConnectAsync(Of(_authority, _node), anybody, () => null);
        Assert.Null(refusal);
        Assert.Null(seen);
    }

    private static Task<(string? Refusal, PeerIdentity? Seen)> ConnectAsync(
        ClusterTls server, ClusterTls client, PeerIdentity expected)
    {
        string? refusal = null;
        return ConnectAsync(server, client.ForClient(expected, reason => refusal = reason), () => refusal);
    }

    // Why the client did not get an answer; and whom the server saw.
    private static async Task<(string? Refusal, PeerIdentity? Seen)> ConnectAsync(
        ClusterTls server, SslClientAuthenticationOptions client, Func<string?> findRefusal)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<PeerIdentity?> served = ServeAsync(listener, server);
        using var socket = new TcpClient();
        await socket.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        await using var stream = new SslStream(socket.GetStream());
        client.TargetHost ??= "node";
        try
        {
            await stream.AuthenticateAsClientAsync(client);
            byte[] answer = new byte[1];
            if (await stream.ReadAsync(answer) == 0)
            {
                return ("closed by the server", await served);
            }
        }
        catch (AuthenticationException) when (findRefusal() is not null)
        {
            socket.Close();
            await served;
            return (findRefusal(), null);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return ($"closed by the server: {exception.Message}", await served);
        }

        return (null, await served);
    }

    private static async Task<PeerIdentity?> ServeAsync(TcpListener listener, ClusterTls server)
    {
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(accepted.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(server.ForServer());
            await stream.WriteAsync("x"u8.ToArray());
            return stream.RemoteCertificate is X509Certificate2 shown ? server.Check(shown, out _) : null;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return null;
        }
    }

    private ClusterTls Of(ClusterAuthority authority, PeerIdentity identity)
    {
        ClusterTrust trust = authority.Trust();
        _owned.Add(trust);
        return new ClusterTls(Certificate(authority, identity), trust, TimeProvider.System);
    }

    private X509Certificate2 Certificate(ClusterAuthority authority, PeerIdentity identity)
    {
        using var key = NodeKey.Create();
        X509Certificate2 certificate = NodeKey.Join(authority.Sign(key.Request(), identity), key.Export());
        _owned.Add(certificate);
        return certificate;
    }
}
