using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Port;
using KadaluFsd.Manager.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

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
    public async Task A_node_whose_answer_was_lost_gets_it_again_and_nobody_else_does()
    {
        JoinToken token = await Only.TokenAsync();
        using var key = NodeKey.Create();
        Membership first = await JoinAsync(token, null, key);
        await ReportAsync(first);

        // It is up by now.
        Membership again = await JoinAsync(token, null, key);
        Assert.Equal(first, again);
        await ReportAsync(again);
        await RefusedAsync("the token is not known", () => JoinAsync(token));

        // It has another certificate since, or was removed.
        JoinToken last = await Only.TokenAsync();
        await JoinAsync(last, new ClusterLink(again, TimeProvider.System), key);
        await RefusedAsync("the token is not known", () => JoinAsync(token, null, key));
        await Only.RemoveAsync("server1");
        await RefusedAsync("the token is not known", () => JoinAsync(last, null, key));
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
        await Only.RemoveAsync("server1");
        await RefusedAsync("removed from the cluster", () => RenewAsync(membership));
    }

    [Fact]
    public async Task An_earlier_certificate_of_a_node_is_refused_once_it_has_joined_again()
    {
        Membership stolen = await JoinAsync(await Only.TokenAsync());
        await ReportAsync(stolen);

        // It is up: a token alone does not replace it, and what it has of the cluster does.
        JoinToken token = await Only.TokenAsync();
        await RefusedAsync("is up", () => JoinAsync(token));
        Membership membership = await JoinAsync(token, new ClusterLink(stolen, TimeProvider.System));
        await ReportAsync(membership);
        await RefusedAsync("not the one that the node got last", () => ReportAsync(stolen));

        // One that leaves says so, and joins again at once.
        using (PeerClient manager = new ClusterLink(membership, TimeProvider.System).Manager)
        {
            await manager.AskAsync(HttpMethod.Post, NodePaths.Leave, null, TimeSpan.FromSeconds(10), default);
        }

        await ReportAsync(await JoinAsync(await Only.TokenAsync()));
    }

    [Theory]
    [InlineData("server1", 0, "0.1.0", "0 is no port")]
    [InlineData("server1", 99999, "0.1.0", "99999 is no port")]
    [InlineData("", 24011, "0.1.0", "is no name")]
    [InlineData("a\nb", 24011, "0.1.0", "is no name")]
    [InlineData("server1", 24011, "0.1\0", "is no version")]
    public async Task What_a_node_cannot_be_it_is_not_said_to_be(string name, int port, string version, string reason)
    {
        Membership membership = await JoinAsync(await Only.TokenAsync());
        await ReportAsync(membership);
        using PeerClient manager = new ClusterLink(membership, TimeProvider.System).Manager;
        var report = new NodeReport(Guid.NewGuid(), name, port, version, DateTimeOffset.UtcNow, []);
        await RefusedAsync(
            reason,
            () => manager.AskAsync(
                NodePaths.Report, report, NodeJson.Default.NodeReport, NodeJson.Default.ReportAnswer, TimeSpan.FromSeconds(10), default),
            ExitCode.Usage);
        await ReportAsync(membership);
    }

    [Fact]
    public async Task Whose_certificate_has_ended_is_told_so()
    {
        Membership membership = await JoinAsync(await Only.TokenAsync());
        membership = membership with { Certificate = Only.SignFor(_node, membership.Key, DateTimeOffset.UtcNow.AddDays(-100)) };
        await RefusedAsync("it refuses the certificate of who asks, which was valid until", () => ReportAsync(membership));
    }

    [Fact]
    public async Task A_cluster_whose_port_is_taken_is_not_made()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string root = Path.Combine(_directory.FullName, "without-port");
        CommandException failure = await Assert.ThrowsAsync<CommandException>(
            () => TestManager.StartAsync(root, ((IPEndPoint)taken.LocalEndpoint).Port));
        Assert.Equal(ExitCode.PortUnavailable, failure.Code);
        taken.Stop();
        _managers.Add(await TestManager.StartAsync(root));
        await JoinAsync(await _managers[1].TokenAsync());
    }

    [Fact]
    public async Task A_cluster_that_is_made_again_is_served_as_the_other_one()
    {
        JoinToken old = await Only.TokenAsync();
        await RefusedAsync("is no name of a node", () => Only.CreateAsync("a/b"), ExitCode.Usage);
        await Only.CreateAsync("localhost");
        await RefusedAsync("nothing was said to it", () => JoinAsync(old));
        await JoinAsync(await Only.TokenAsync() with { Host = "127.0.0.1" });
        await RefusedAsync("there is a cluster already", () => Only.CreateAsync("localhost"), ExitCode.PoolRefused);
    }

    [Fact]
    public async Task The_manager_moves_where_it_is_found_and_tells_nodes()
    {
        Membership membership = await JoinAsync(await Only.TokenAsync());
        Assert.Equal("127.0.0.1", (await ReportAsync(membership)).Manager);
        await RefusedAsync("is no name", () => MoveAsync(membership, "a/b"), ExitCode.Usage);
        await RefusedAsync("127.0.0.2", () => MoveAsync(membership, "127.0.0.2"), ExitCode.PeerUnreachable);
        Assert.Equal("127.0.0.1", (await ReportAsync(membership)).Manager);

        // Nobody reaches the node: whether it finds the manager there it does not say.
        await RefusedAsync(
            "server1 does not say where localhost leads", () => MoveAsync(membership, "localhost"), ExitCode.PeerUnreachable);
        await RefusedAsync("--offline-ok", () => MoveAsync(membership, "localhost"), ExitCode.PeerUnreachable);
        Assert.Equal("127.0.0.1", (await ReportAsync(membership)).Manager);
        Assert.Equal("localhost", (await MoveAsync(membership, "localhost", isOfflineOk: true)).Host);
        Assert.Equal("localhost", (await ReportAsync(membership)).Manager);
        Assert.Equal("localhost", (await Only.TokenAsync()).Host);
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
        JoinAsync(token, null);

    private async Task<Membership> JoinAsync(JoinToken token, ClusterLink? before, NodeKey? key = null)
    {
        using NodeKey? made = key is null ? NodeKey.Create() : null;
        return await Joining.JoinAsync(
            token, new JoinRequest([], _node, "server1", 24011, [], default, "0.1.0"), before, TimeProvider.System, key ?? made!,
            default);
    }

    private static async Task<ClusterInfo> MoveAsync(Membership membership, string host, bool isOfflineOk = false)
    {
        using PeerClient manager = new ClusterLink(membership, TimeProvider.System).Manager;
        return await manager.AskAsync(
            ManagerPaths.Place, new ManagerOrder(host, isOfflineOk), CommandJson.Default.ManagerOrder,
            CommandJson.Default.ClusterInfo, TimeSpan.FromSeconds(30), default);
    }

    private static async Task<ReportAnswer> ReportAsync(Membership membership)
    {
        using PeerClient manager = new ClusterLink(membership, TimeProvider.System).Manager;
        var report = new NodeReport(Guid.NewGuid(), "server1", 24011, "0.1.0", DateTimeOffset.UtcNow, []);
        ReportAnswer answer = await manager.AskAsync(
            NodePaths.Report, report, NodeJson.Default.NodeReport, NodeJson.Default.ReportAnswer, TimeSpan.FromSeconds(10),
            default);

        // So that other nodes believe this one with its own certificate, and with no earlier one.
        NodePlace place = Assert.Single(answer.Nodes!);
        Assert.Equal(new NodePlace(membership.Node, "server1", 24011), place with { Certificates = null });
        NodeCertificates own = NodeCertificates.Of(membership.Certificate);
        Assert.Equal((own.Current, null), (place.Certificates!.Current, place.Certificates.Earlier));
        return answer;
    }

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

    private static async Task RefusedAsync(string reason, Func<Task> action, ExitCode code = ExitCode.PeerRefused)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(action);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private async Task StartAsync() => _managers.Add(
        await TestManager.StartAsync(Path.Combine(_directory.FullName, $"manager{_managers.Count}")));

    /// <summary>A manager's port, in this process.</summary>
    private sealed class TestManager(ServiceProvider services, int port) : IAsyncDisposable
    {
        internal int Port => port;

        internal Guid Cluster => services.GetRequiredService<ClusterIdentity>().Id;

        internal Task<NodeDocument> RemoveAsync(string node) =>
            services.GetRequiredService<NodeRemoval>().RemoveAsync(node, default);

        internal Guid Node => services.GetRequiredService<NodeFiles>().GetOrMakeId();

        internal Task CreateAsync(string host) => services.GetRequiredService<ManagerPort>().CreateClusterAsync(host, default);

        internal string SignFor(Guid node, string key, DateTimeOffset at)
        {
            using var own = ECDsa.Create();
            own.ImportFromPem(key);
            byte[] request =
                new CertificateRequest(new X500DistinguishedName(""), own, HashAlgorithmName.SHA256).CreateSigningRequest();
            StateDocument cluster =
                services.GetRequiredService<IStateStore>().FindAsync(StateKind.Cluster, "cluster", default).Result!;
            ClusterDocument document = cluster.Read(NodeDocumentJson.Default.ClusterDocument);
            using var authority = ClusterAuthority.Read(document.Certificate, document.Key, new FakeTimeProvider(at));
            return authority.Sign(request, new PeerIdentity(node, ClusterRole.Node));
        }

        internal static async Task<TestManager> StartAsync(string root, int? taken = null)
        {
            int port = taken ?? FreePort();
            var options =
                new ManagerOptions { Listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}") };
            ServiceProvider services = ClusterManager.AddKnowledge(new ServiceCollection(), options, new NodeFiles(root))
                .AddLogging().AddSingleton<ManagerPort>().BuildServiceProvider();
            try
            {
                await services.GetRequiredService<ManagerPort>().CreateClusterAsync("127.0.0.1", default);
                return new TestManager(services, port);
            }
            catch
            {
                Assert.False(services.GetRequiredService<ClusterIdentity>().IsThere);
                await services.DisposeAsync();
                throw;
            }
        }

        internal Task<JoinToken> TokenAsync() =>
            services.GetRequiredService<NodeAdmission>().CreateTokenAsync(port, TimeSpan.FromHours(1), null, default);

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
