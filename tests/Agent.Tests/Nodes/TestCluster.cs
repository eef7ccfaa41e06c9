using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Agent.Tests.Nodes;

/// <summary>An authority, a node with its certificate, and others that answer what a test wants.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly ClusterAuthority _authority =
        ClusterAuthority.Create(Guid.NewGuid(), new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-10)));

    private readonly List<PeerServer> _servers = [];
    private int _connections;

    /// <summary>How many connections were made to all.</summary>
    internal int Connections => Volatile.Read(ref _connections);

    internal PeerIdentity Manager { get; } = new(Guid.NewGuid(), ClusterRole.Manager);

    internal int ManagerPort { get; } = ChoosePort();

    internal ClusterLink LinkOf(Guid node)
    {
        (string certificate, string key) = Sign(new PeerIdentity(node, ClusterRole.Node));
        return new ClusterLink(MembershipOf(node, certificate, key), TimeProvider.System);
    }

    internal Membership MembershipOf(Guid node, string certificate, string key) => new(
        Guid.NewGuid(), node, "server1", new ManagerPlace("127.0.0.1", ManagerPort, Manager.Node), certificate, key,
        _authority.ExportCertificate());

    /// <summary>Makes a certificate, of today or of an earlier day.</summary>
    internal (string Certificate, string Key) Sign(PeerIdentity who, int daysAgo = 0)
    {
        using var authority = ClusterAuthority.Read(
            _authority.ExportCertificate(), _authority.ExportKey(),
            new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-daysAgo)));
        using var made = NodeKey.Create();
        return (authority.Sign(made.Request(), who), made.Export());
    }

    internal async Task<int> ServeAsync((string Certificate, string Key) shown, Action<IEndpointRouteBuilder> map, int? at = null)
    {
        int port = at ?? ChoosePort();
        X509Certificate2 own = NodeKey.Join(shown.Certificate, shown.Key);
        var tls = new ClusterTls(own, _authority.Trust(), TimeProvider.System);
        _servers.Add(await PeerServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, port),
            () =>
            {
                Interlocked.Increment(ref _connections);
                return tls.ForServer();
            },
            NodeJson.Default, map,
            _ => Task.FromResult<CommandException?>(null), NullLoggerFactory.Instance));
        return port;
    }

    /// <summary>Serves nobody from now on.</summary>
    internal async Task StopAsync()
    {
        foreach (PeerServer server in _servers)
        {
            await server.DisposeAsync();
        }

        _servers.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _authority.Dispose();
    }

    private static int ChoosePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
