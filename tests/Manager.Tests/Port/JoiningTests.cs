using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Port;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KadaluFsd.Manager.Tests.Port;

/// <summary>A node comes into a cluster over a real connection.</summary>
public sealed class JoiningTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly Guid _node = Guid.NewGuid();
    private readonly List<TestManager> _managers = [];

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        foreach (TestManager manager in _managers)
        {
            await manager.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_joins_knows_its_manager_and_gets_other_certificates()
    {
        Membership membership = await JoinAsync(await Only.TokenAsync());
        Assert.Equal((Only.Cluster, _node, "server1"), (membership.Cluster, membership.Node, membership.Name));
        Assert.Equal(new ManagerPlace("127.0.0.1", Only.Port, Only.Node), membership.Manager);

        string file = Path.Combine(_directory.FullName, "node", "membership.json");
        Assert.Null(Membership.Find(file));
        membership.Put(file);
        Assert.Equal(membership, Membership.Find(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        RenewalAnswer renewed = await RenewAsync(membership);
        Assert.NotEqual(membership.Certificate, renewed.Certificate);
        using var trust = ClusterTrust.Read(membership.Authority);
        using var certificate = X509Certificate2.CreateFromPem(renewed.Certificate);
        Assert.Equal(new PeerIdentity(_node, ClusterRole.Node), trust.Check(certificate, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task A_token_is_good_once_and_says_so()
    {
        JoinToken token = await Only.TokenAsync();
        await JoinAsync(token);
        await RefusedAsync("the token is not known", () => JoinAsync(token));
    }

    [Fact]
    public async Task Nothing_is_said_to_another_manager_than_the_one_that_made_the_token()
    {
        await StartAsync();
        JoinToken token = await Only.TokenAsync();
        await RefusedAsync("nothing was said to it", () => JoinAsync(token with { Port = _managers[1].Port }));

        // It is good still.
        await JoinAsync(token);
    }

    [Fact]
    public async Task Who_was_removed_is_refused_at_once()
    {
        Membership membership = await JoinAsync(await Only.TokenAsync());
        await RenewAsync(membership);
        await Only.Nodes.RemoveAsync(_node, default);
        await RefusedAsync("removed from the cluster", () => RenewAsync(membership));
    }

    [Fact]
    public async Task Who_shows_no_certificate_can_only_join()
    {
        using var key = NodeKey.Create();
        using var client = new PeerClient("127.0.0.1", Only.Port, _ => new()
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        await RefusedAsync("no certificate", () => client.AskAsync(
            Joining.RenewPath, new RenewalRequest(key.Request()), NodeJson.Default.RenewalRequest,
            NodeJson.Default.RenewalAnswer, TimeSpan.FromSeconds(10), default));
    }

    [Fact]
    public async Task Where_nobody_is_the_token_says_where_that_was()
    {
        JoinToken token = await Only.TokenAsync();
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        int port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        CommandException failure =
            await Assert.ThrowsAsync<CommandException>(() => JoinAsync(token with { Port = port }));
        Assert.Equal(ExitCode.PeerUnreachable, failure.Code);
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}: "), failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002")]
    public async Task What_speaks_no_tls_is_closed_and_others_are_served(string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Only.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        client.Client.Shutdown(SocketShutdown.Send);
        byte[] answer = new byte[1024];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ReadAsync(stream, answer, limit.Token) > 0)
        {
            // An alert.
        }

        await JoinAsync(await Only.TokenAsync());
    }

    private TestManager Only => _managers[0];

    private Task<Membership> JoinAsync(JoinToken token) =>
        Joining.JoinAsync(token, _node, "server1", 24011, "0.1.0", 0, TimeProvider.System, default);

    private static async Task<RenewalAnswer> RenewAsync(Membership membership)
    {
        using var trust = ClusterTrust.Read(membership.Authority);
        using X509Certificate2 own = NodeKey.Join(membership.Certificate, membership.Key);
        var tls = new ClusterTls(own, trust, TimeProvider.System);
        using var client = new PeerClient(
            membership.Manager.Host, membership.Manager.Port, refused => tls.ForClient(membership.Manager.Identity, refused));
        using var key = NodeKey.Create();
        return await client.AskAsync(
            Joining.RenewPath, new RenewalRequest(key.Request()), NodeJson.Default.RenewalRequest,
            NodeJson.Default.RenewalAnswer, TimeSpan.FromSeconds(10), default);
    }

    private static async Task<int> ReadAsync(NetworkStream stream, byte[] answer, CancellationToken cancellation)
    {
        try
        {
            return await stream.ReadAsync(answer, cancellation);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task RefusedAsync(string reason, Func<Task> action)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(action);
        Assert.Equal(ExitCode.PeerRefused, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private async Task StartAsync() => _managers.Add(
        await TestManager.StartAsync(Path.Combine(_directory.FullName, $"manager{_managers.Count}")));

    /// <summary>A manager's port, in this process.</summary>
    private sealed class TestManager(ServiceProvider services, int port) : IAsyncDisposable
    {
        internal int Port => port;

        internal Guid Cluster => services.GetRequiredService<ClusterIdentity>().Id;

        internal NodeRegistry Nodes => services.GetRequiredService<NodeRegistry>();

        internal Guid Node => services.GetRequiredService<NodeFiles>().GetOrMakeId();

        internal static async Task<TestManager> StartAsync(string root)
        {
            int port = FreePort();
            var options =
                new ManagerOptions { Listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}") };
            ServiceProvider services = ClusterManager.AddKnowledge(new ServiceCollection(), options, new NodeFiles(root))
                .AddLogging().AddSingleton<ManagerPort>().BuildServiceProvider();
            await services.GetRequiredService<ClusterIdentity>().CreateAsync("127.0.0.1", default);
            await services.GetRequiredService<ManagerPort>().OpenAsync();
            return new TestManager(services, port);
        }

        internal Task<JoinToken> TokenAsync() =>
            services.GetRequiredService<NodeAdmission>().CreateTokenAsync(port, TimeSpan.FromHours(1), default);

        public async ValueTask DisposeAsync()
        {
            IHostedService server = services.GetRequiredService<ManagerPort>();
            await server.StartAsync(default);
            await server.StopAsync(default);
            await services.DisposeAsync();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
