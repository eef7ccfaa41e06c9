using System.Net;
using System.Net.Sockets;
using KadaluFsd.Agent.Checks;
using KadaluFsd.Agent.Disks;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Pools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Agent.Tests.Checks;

/// <summary>A node of a cluster checks itself: its certificate, names of nodes, and all together.</summary>
public sealed class NodeChecksTests : IAsyncLifetime
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly PoolPaths _paths;
    private readonly ClusterAuthority _authority;
    private readonly Membership _membership;
    private readonly ClusterLink _link;
    private readonly int _port;
    private PeerServer _server = null!;

    public NodeChecksTests()
    {
        _paths = new PoolPaths(_root.FullName);
        _authority = ClusterAuthority.Create(Guid.NewGuid(), _time);
        var node = new PeerIdentity(_paths.Node.GetOrMakeId(), ClusterRole.Node);
        using var key = NodeKey.Create();
        _membership = new Membership(
            Guid.NewGuid(), node.Node, "server1", new ManagerPlace("127.0.0.1", 1, Guid.NewGuid()),
            _authority.Sign(key.Request(), node), key.Export(), _authority.ExportCertificate());
        _link = new ClusterLink(_membership, _time);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task InitializeAsync() => _server = await PeerServer.StartAsync(
        new IPEndPoint(IPAddress.Loopback, _port), () => _link.Tls.ForServer(), NodeJson.Default,
        routes => routes.MapGet(NodePaths.Here, () => TypedResults.NoContent()), _ => Task.FromResult<CommandException?>(null),
        NullLoggerFactory.Instance);

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        _root.Delete(recursive: true);
    }

    [Theory]
    [InlineData("600", false)]
    [InlineData("400", false)]
    [InlineData("640", true)]
    [InlineData("602", true)]
    public void A_key_that_others_can_have_is_told(string mode, bool isTold)
    {
        string path = Path.Combine(_root.FullName, "key");
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        NodeFinding[] found = [.. CertificateCheck.CheckKey(path)];
        Assert.Equal(isTold, found is [{ Verdict: FindingVerdict.Wrong } only] && only.Said.Contains($"the mode {mode}", StringComparison.Ordinal));
        Assert.Equal(isTold, found.Length > 0);
    }

    [Theory]
    [InlineData(1, FindingVerdict.Well)]
    [InlineData(59, FindingVerdict.Well)]
    [InlineData(61, FindingVerdict.Wrong)]
    public void A_certificate_is_renewed_in_time_or_that_is_told(int days, FindingVerdict verdict)
    {
        NodeFinding found = CertificateCheck.Check(_link, _time.GetUtcNow().AddDays(days), "the manager is away");
        Assert.Equal(verdict, found.Verdict);
        string end = _time.GetUtcNow().Add(ClusterAuthority.Validity).ToString("yyyy-MM-dd", null);
        Assert.StartsWith($"it is good until {end}, and ", found.Said, StringComparison.Ordinal);
        Assert.Equal(
            verdict == FindingVerdict.Wrong, found.Said.EndsWith("on: the manager is away", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_leads_to_its_node_is_well() => Assert.Equal(
        FindingVerdict.Well,
        Assert.Single(await NamesAsync(OwnPlace)).Verdict);

    [Fact]
    public async Task A_name_that_leads_to_another_node_or_nowhere_is_told()
    {
        var stranger = Guid.NewGuid();
        NodeFinding[] found = await NamesAsync(
            new NodePlace(stranger, "127.0.0.1", _port), new NodePlace(Guid.NewGuid(), "server.invalid", _port),
            new NodePlace(_membership.Node, "localhost", 1, "127.0.0.1"));
        Assert.Equal(3, found.Count(finding => finding.Verdict == FindingVerdict.Wrong));
        Assert.Contains($"not the node {stranger}", found[0].Said, StringComparison.Ordinal);
        Assert.Contains("another machine", found[0].ToDo!, StringComparison.Ordinal);
        Assert.StartsWith("server.invalid has no address here", found[1].Said, StringComparison.Ordinal);
        Assert.StartsWith("localhost is not reached from here: 127.0.0.1:1", found[2].Said, StringComparison.Ordinal);
        Assert.Contains("is the port 1 open", found[2].ToDo!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_said_where_a_name_leads_from_here()
    {
        NodePlace own = OwnPlace;
        ReachAnswer found = await NameCheck.FindAsync(_link, new ReachQuestion("127.0.0.1", own), default);
        Assert.Equal(["127.0.0.1"], found.Addresses);
        Assert.Null(found.Problem);

        // Another node is there; nobody; nothing is known by that name, wherever the agent is.
        var stranger = Guid.NewGuid();
        found = await NameCheck.FindAsync(_link, new ReachQuestion("127.0.0.1", own with { Node = stranger }), default);
        Assert.Contains($"not the node {stranger}", found.Problem, StringComparison.Ordinal);
        found = await NameCheck.FindAsync(_link, new ReachQuestion("127.0.0.1", own with { Port = 1 }), default);
        Assert.StartsWith("127.0.0.1:1", found.Problem, StringComparison.Ordinal);
        found = await NameCheck.FindAsync(
            _link, new ReachQuestion("server.invalid", own with { Name = "server.invalid", Address = "127.0.0.1" }), default);
        Assert.Empty(found.Addresses);
        Assert.NotNull(found.Problem);
        found = await NameCheck.FindAsync(
            _link, new ReachQuestion("localhost", own with { Name = "localhost", Address = "127.0.0.1" }), default);
        Assert.Contains("127.0.0.1", found.Addresses);
        Assert.Null(found.Problem);

        // The manager is to be there, and it is a node.
        var link = new ClusterLink(
            _membership with { Manager = new ManagerPlace("127.0.0.1", _port, Guid.NewGuid()) }, _time);
        found = await NameCheck.FindAsync(link, new ReachQuestion("127.0.0.1", null), default);
        Assert.Contains("it is the node", found.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_told_of_no_nodes_yet_says_so() =>
        Assert.Equal(FindingVerdict.Warning, Assert.Single(await NamesAsync()).Verdict);

    [Fact]
    public async Task Each_check_says_something_and_one_that_cannot_be_done_leaves_the_others()
    {
        _membership.Put(_paths.Node.Membership);
        new NodePlaces([OwnPlace]).PutIfNew(_paths.Node.ClusterNodes);
        Directory.CreateDirectory(_paths.Definitions);
        await File.WriteAllTextAsync(_paths.Definition("pool2"), "no JSON");
        var options = new AgentOptions();
        using var member = new ClusterMember(_paths.Node, options, _time);
        await ((IHostedService)member).StartAsync(default);
        var store = new PoolStore(_paths);
        var services = new NodeServices(_paths);
        var reader = new DirectoryReader(DirectoryFacts.Read);
        using var reports = new ManagerReports(
            member, options, new NodeState(store, services), new NodeDisks(reader), _paths.Node, _time,
            NullLogger<ManagerReports>.Instance);
        using var questions = new QuestionDesk(new HealReader(store, services), new ExportReader(store), TimeProvider.System);
        NodeCheckup checkup = await new NodeChecks(member, reports, store, services, questions, reader, _time).CheckAsync(default);
        Assert.Equal((_time.GetUtcNow(), ProgramVersion.Text), (checkup.At, checkup.Version));
        Assert.Equal(
            [
                CheckNames.Certificate, CheckNames.Definitions, CheckNames.Disks, CheckNames.Mounts, CheckNames.Names,
                CheckNames.Ports, CheckNames.Services, CheckNames.Units, CheckNames.Versions,
            ],
            checkup.Findings.Select(finding => finding.Check).Distinct().Order());

        // What runs here is a test, and loads no GlusterFS; the definition is none. How full this machine is does not matter.
        Assert.Null(checkup.GlusterFs);
        Assert.Equal(
            [CheckNames.Versions, CheckNames.Definitions],
            checkup.Findings.Where(finding => finding is { Verdict: FindingVerdict.Wrong, Check: not CheckNames.Disks })
                .Select(finding => finding.Check));
    }

    private Task<NodeFinding[]> NamesAsync(params NodePlace[] places) => NameCheck.CheckAsync(_link, places, default);

    private NodePlace OwnPlace =>
        new(_membership.Node, "127.0.0.1", _port, Certificates: NodeCertificates.Of(_membership.Certificate));
}
