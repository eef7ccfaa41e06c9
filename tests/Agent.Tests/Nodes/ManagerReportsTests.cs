using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using KadaluFsd.Agent.Disks;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Pools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Agent.Tests.Nodes;

/// <summary>Reports to a manager that answers as it likes.</summary>
public sealed class ManagerReportsTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // What a manager answers that renews certificates.
    private const string Signed = "signed";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly PeerIdentity _manager = new(Guid.NewGuid(), ClusterRole.Manager);
    private readonly SemaphoreSlim _reported = new(0);
    private readonly ConcurrentQueue<string> _log = new();
    private readonly List<IAsyncDisposable> _owned = [];
    private string _answer = """{"pause":60}""";
    private string? _renewal;
    private Func<byte[], string> _sign = _ => "";
    private int _port;

    public async Task InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable owned in Enumerable.Reverse(_owned))
        {
            await owned.DisposeAsync();
        }

        _reported.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_that_gets_no_other_certificate_goes_on_with_the_one_that_it_has()
    {
        _renewal = null;
        ManagerReports reports = await StartAsync(DateTimeOffset.UtcNow.AddDays(-70));
        await WaitAsync();
        reports.Hurry();
        await WaitAsync();
        Assert.Single(_log, line => line.Contains("gets no other certificate", StringComparison.Ordinal));

        // One that is none does not replace it.
        string before = await File.ReadAllTextAsync(new NodeFiles(_directory.FullName).Membership);
        _renewal = "none at all";
        reports.Hurry();
        await WaitAsync();
        Assert.Equal(2, _log.Count(line => line.Contains("gets no other certificate", StringComparison.Ordinal)));
        Assert.Equal(before, await File.ReadAllTextAsync(new NodeFiles(_directory.FullName).Membership));
    }

    [Fact]
    public async Task By_a_clock_that_is_far_ahead_of_the_managers_a_certificate_is_not_renewed_again_and_again()
    {
        _renewal = Signed;
        ManagerReports reports = await StartAsync(DateTimeOffset.UtcNow.AddDays(-70));
        for (int round = 0; round < 3; round++)
        {
            await WaitAsync();
            reports.Hurry();
        }

        await WaitAsync();
        Assert.Single(_log, line => line.Contains("another certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_a_manager_answers_the_node_reports_again()
    {
        _answer = """{"pause":1e300}""";
        ManagerReports reports = await StartAsync(DateTimeOffset.UtcNow);
        foreach (string answer in (string[])["""{"pause":-7}""", "no JSON", """{"pause":60,"nodes":[null]}""", """{"pause":60}"""])
        {
            await WaitAsync();
            _answer = answer;
            reports.Hurry();
        }

        await WaitAsync();
    }

    [Fact]
    public async Task Where_other_nodes_are_is_kept_for_when_the_manager_is_away()
    {
        var other = new NodePlace(Guid.NewGuid(), "server2", 25011);
        var moved = new NodePlace(Guid.NewGuid(), "server3", 25012, "10.0.0.3");
        _answer = JsonSerializer.Serialize(new ReportAnswer(60, [other, moved]), NodeJson.Default.ReportAnswer);
        ManagerReports reports = await StartAsync(DateTimeOffset.UtcNow);
        await WaitAsync();
        reports.Hurry();
        await WaitAsync();
        string file = new NodeFiles(_directory.FullName).ClusterNodes;
        NodePlaces places = NodePlaces.Read(file);
        Assert.Equal([other, moved], places.All);
        Assert.Equal(("server2", 25011), places.Find(other.Node, "server2"));
        Assert.Equal(("server2", 25011), places.Find(other.Node, "its-earlier-name"));
        Assert.Equal(("10.0.0.3", 25012), places.Find(moved.Node, "server3"));
        Assert.Equal(("server4", DefaultPorts.Agent), places.Find(Guid.NewGuid(), "server4"));

        await File.WriteAllTextAsync(file, "damaged");
        Assert.Equal(("server2", DefaultPorts.Agent), NodePlaces.Read(file).Find(other.Node, "server2"));
    }

    [Fact]
    public async Task A_node_takes_its_name_and_its_managers_place_from_the_manager()
    {
        var files = new NodeFiles(_directory.FullName);
        Guid node = files.GetOrMakeId();
        NodePlace[] places = [new(Guid.NewGuid(), "storage9", 1), new(node, "storage1", 2)];
        _answer = Write(new ReportAnswer(60, places, "localhost"));
        ManagerReports reports = await StartAsync(DateTimeOffset.UtcNow);
        await WaitAsync();
        reports.Hurry();
        await WaitAsync();
        Membership known = Membership.Find(files.Membership)!;
        Assert.Equal(("storage1", "localhost", _port), (known.Name, known.Manager.Host, known.Manager.Port));
        Assert.Equal("storage1", files.FindName());
        Assert.Single(_log, line => line.Contains("is called storage1 from now on", StringComparison.Ordinal));

        // Where the manager is not it is not asked, and what is no name is none.
        _answer = Write(new ReportAnswer(60, [new(node, "a/b", 2)], "no-such-host.invalid"));
        for (int round = 0; round < 3; round++)
        {
            reports.Hurry();
            await WaitAsync();
        }

        Assert.Equal(known, Membership.Find(files.Membership));
        Assert.Single(_log, line => line.Contains("is not found there", StringComparison.Ordinal));
    }

    private static string Write(ReportAnswer answer) => JsonSerializer.Serialize(answer, NodeJson.Default.ReportAnswer);

    private async Task WaitAsync() => Assert.True(await _reported.WaitAsync(s_patience), string.Join('\n', _log));

    // A node whose certificate was made at some time.
    private async Task<ManagerReports> StartAsync(DateTimeOffset made)
    {
        using var authority = ClusterAuthority.Create(Guid.NewGuid(), new FakeTimeProvider(made.AddDays(-1)));
        using var later = ClusterAuthority.Read(
            authority.ExportCertificate(), authority.ExportKey(), new FakeTimeProvider(made));
        using var current = ClusterAuthority.Read(authority.ExportCertificate(), authority.ExportKey(), TimeProvider.System);
        X509Certificate2 own = Sign(current, _manager, out _, out _);
        var tls = new ClusterTls(own, authority.Trust(), TimeProvider.System);
        _owned.Add(await PeerServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, _port), () => tls.ForServer(), NodeJson.Default, Map,
            _ => Task.FromResult<CommandException?>(null), NullLoggerFactory.Instance));

        var paths = new PoolPaths(_directory.FullName);
        var node = new PeerIdentity(paths.Node.GetOrMakeId(), ClusterRole.Node);
        (string authorityCertificate, string authorityKey) = (authority.ExportCertificate(), authority.ExportKey());
        _sign = request =>
        {
            using var signs = ClusterAuthority.Read(authorityCertificate, authorityKey, new FakeTimeProvider(made));
            return signs.Sign(request, node);
        };
        Sign(later, node, out string certificate, out string key).Dispose();
        new Membership(
            Guid.NewGuid(), node.Node, "server1", new ManagerPlace("127.0.0.1", _port, _manager.Node), certificate, key,
            authority.ExportCertificate()).Put(paths.Node.Membership);
        var options = new AgentOptions();
        var member = new ClusterMember(paths.Node, options, TimeProvider.System);
        await ((IHostedService)member).StartAsync(default);
        var reports = new ManagerReports(
            member, options, new NodeState(new PoolStore(paths), new NodeServices(paths)),
            new NodeDisks(new DirectoryReader(DirectoryFacts.Read)),
            paths.Node, TimeProvider.System,
            new Lines(_log));
        await ((IHostedService)reports).StartAsync(default);
        _owned.Add(new Running(member, reports));
        return reports;
    }

    private void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(NodePaths.Report, async (HttpContext context) =>
        {
            await context.Response.WriteAsync(_answer);
            await context.Response.CompleteAsync();
            _reported.Release();
        });
        routes.MapGet(ManagerPaths.Cluster, () => TypedResults.NoContent());
        routes.MapPost(Joining.RenewPath, async (HttpContext context) =>
        {
            RenewalRequest request = (await JsonSerializer.DeserializeAsync(
                context.Request.Body, NodeJson.Default.RenewalRequest))!;
            context.Response.StatusCode = _renewal is null ? 500 : 200;
            await context.Response.WriteAsync(JsonSerializer.Serialize(
                new RenewalAnswer(_renewal == Signed ? _sign(request.Key) : _renewal ?? ""), NodeJson.Default.RenewalAnswer));
        });
    }

    private static X509Certificate2 Sign(ClusterAuthority authority, PeerIdentity who, out string certificate, out string key)
    {
        using var made = NodeKey.Create();
        (certificate, key) = (authority.Sign(made.Request(), who), made.Export());
        return NodeKey.Join(certificate, key);
    }

    private sealed class Running(ClusterMember member, ManagerReports reports) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await ((IHostedService)reports).StopAsync(default);
            reports.Dispose();
            member.Dispose();
        }
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILogger<ManagerReports>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{eventId.Id} {formatter(state, exception)}"));
    }
}
