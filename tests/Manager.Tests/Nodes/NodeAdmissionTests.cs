using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using Microsoft.Extensions.Time.Testing;

namespace KadaluFsd.Manager.Tests.Nodes;

/// <summary>How nodes come, are known, and go.</summary>
public sealed class NodeAdmissionTests : IAsyncLifetime
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private SqliteStore _store = null!;
    private ClusterIdentity _cluster = null!;
    private NodeRegistry _nodes = null!;
    private NodePresence _presence = null!;
    private NodeAdmission _admission = null!;

    public async Task InitializeAsync()
    {
        _store = SqliteStore.Open(Path.Combine(_directory.FullName, "state.db"));
        _nodes = new NodeRegistry(_store, _time);
        _cluster = new ClusterIdentity(_store, _time);
        await _cluster.CreateAsync("manager", default);
        _presence = new NodePresence(_time);
        _admission = new NodeAdmission(_store, new TaskNumbers(_store), _cluster, _nodes, _presence, _time);
    }

    public async Task DisposeAsync()
    {
        _cluster.Dispose();
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_with_a_token_comes_in_and_is_known_from_then_on()
    {
        JoinToken token = await TokenAsync();
        JoinRequest request = Request(token, "server1");
        JoinAnswer answer = await JoinAsync(request);
        Assert.Equal(_cluster.Id, answer.Cluster);
        using var trust = ClusterTrust.Read(answer.Authority);
        Assert.Equal(token.AuthorityDigest.ToArray(), trust.Digest);
        using var certificate = X509Certificate2.CreateFromPem(answer.Certificate);
        Assert.Equal(new PeerIdentity(request.Id, ClusterRole.Node), trust.Check(certificate, _time.GetUtcNow()));

        using var later = new ClusterIdentity(_store, _time);
        Assert.False(later.IsThere);
        await later.OpenAsync(default);
        Assert.Equal((_cluster.Id, "manager"), (later.Id, later.Host));
        Assert.Equal(("server1", 24011), await _nodes.ListAsync(default) is [var only] ? (only.Name, only.Port) : default);
        await RefusedAsync("there is a cluster already", () => later.CreateAsync("manager", default), ExitCode.PoolRefused);
    }

    [Fact]
    public async Task A_token_is_good_once()
    {
        JoinToken token = await TokenAsync();
        await JoinAsync(Request(token, "server1"));
        await RefusedAsync("the token is not known", () => JoinAsync(Request(token, "server2")));

        JoinToken raced = await TokenAsync();
        Task<bool>[] joins =
            [.. Enumerable.Range(2, 8).Select(number => Task.Run(() => DoesJoinAsync(Request(raced, $"server{number}"))))];
        Assert.Single(await Task.WhenAll(joins), didJoin => didJoin);
        Assert.Equal(2, (await _nodes.ListAsync(default)).Length);
    }

    [Fact]
    public async Task Of_two_nodes_of_one_name_one_comes_in()
    {
        JoinToken[] tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TokenAsync()));
        Assert.Single(
            await Task.WhenAll(tokens.Select(token => Task.Run(() => DoesJoinAsync(Request(token, "server1"))))), didJoin => didJoin);
        NodeDocument only = Assert.Single(await _nodes.ListAsync(default));
        await RemoveAsync("server1");
        await JoinAsync(Request(await TokenAsync(), "server1"));
    }

    [Fact]
    public async Task A_token_is_good_for_its_time()
    {
        JoinToken token = await TokenAsync();
        _time.Advance(s_lifetime);
        await RefusedAsync("could be used until 2026-11-30 13:00:00Z", () => JoinAsync(Request(token, "server1")));

        // The next one takes it away.
        await TokenAsync();
        Assert.Single(await _store.ListAsync(StateKind.Tokens, "", default));
    }

    [Fact]
    public async Task Who_cannot_come_in_leaves_the_token_as_it_was()
    {
        JoinToken token = await TokenAsync();
        JoinRequest good = Request(token, "server1");
        await RefusedAsync("31 s ahead of", good with { Time = good.Time.AddSeconds(31) });
        await RefusedAsync("31 s behind", good with { Time = good.Time.AddSeconds(-31) });
        await RefusedAsync("no name of a node", good with { Name = "server/1" });
        await RefusedAsync("cannot be read", good with { Key = [1, 2, 3] });
        await RefusedAsync("no port of an agent", good with { Port = 0 });
        await RefusedAsync("the token is not known", good with { Secret = [.. good.Secret.Reverse()] });
        await RefusedAsync("the token is not known", good with { Secret = [] });
        await JoinAsync(good);
    }

    [Fact]
    public async Task A_copy_of_a_machine_and_a_second_machine_of_a_name_are_refused_but_a_node_may_come_again()
    {
        JoinRequest first = Request(await TokenAsync(), "server1");
        await JoinAsync(first);
        JoinToken token = await TokenAsync();
        await RefusedAsync("a copy of that one", Request(token, "server2") with { Id = first.Id });
        await RefusedAsync("there is a node server1 already", Request(token, "server1"));
        await JoinAsync(Request(token, "server1") with { Id = first.Id });
        Assert.Single(await _nodes.ListAsync(default));
    }

    [Fact]
    public async Task Who_was_removed_is_nobody_and_gets_no_other_certificate()
    {
        JoinRequest request = Request(await TokenAsync(), "server1");
        using X509Certificate2 shown = CertificateOf(await JoinAsync(request));
        var identity = new PeerIdentity(request.Id, ClusterRole.Node);
        Assert.NotEmpty(await _admission.RenewAsync(identity, shown, request.Key, default));
        await RemoveAsync("server1");
        Assert.Null(await _nodes.FindAsync(request.Id, default));
        await RefusedAsync("removed", () => _admission.RenewAsync(identity, shown, request.Key, default));
        await RefusedAsync("there is no node", () => RemoveAsync("server1"), ExitCode.PoolRefused);
    }

    [Fact]
    public async Task Without_a_cluster_there_are_no_tokens()
    {
        await using var empty = SqliteStore.Open(Path.Combine(_directory.FullName, "empty", "state.db"));
        using var cluster = new ClusterIdentity(empty, _time);
        await cluster.OpenAsync(default);
        var admission = new NodeAdmission(
            empty, new TaskNumbers(empty), cluster, new NodeRegistry(empty, _time), _presence, _time);
        await RefusedAsync("kadalu cluster create", () => admission.CreateTokenAsync(24010, s_lifetime, null, default));
    }

    [Fact]
    public async Task Tasks_go_on_above_what_a_node_has_seen_of_an_earlier_manager()
    {
        var numbers = new TaskNumbers(_store);
        await JoinAsync(Request(await TokenAsync(), "server1") with { Generation = 41 });
        (long number, StateWrite write) = await numbers.TakeAsync(default);
        Assert.Equal(42, number);
        await _store.CommitAsync([write], default);
        await JoinAsync(Request(await TokenAsync(), "server2") with { Generation = 7 });
        Assert.Equal(43, (await numbers.TakeAsync(default)).Number);
        await RefusedAsync("no number of a task", Request(await TokenAsync(), "server3") with { Generation = long.MaxValue });
    }

    [Fact]
    public async Task What_a_node_says_of_itself_is_known()
    {
        JoinRequest request = Request(await TokenAsync(), "server1");
        await JoinAsync(request);
        var report = new NodeReport(Guid.NewGuid(), "server1", 25000, "0.2.0", _time.GetUtcNow(), []);
        await _nodes.NoteAsync(request.Id, report, default);
        await _nodes.NoteAsync(request.Id, report, default);
        NodeDocument known = await _nodes.GetAsync("server1", default);
        Assert.Equal((25000, "0.2.0"), (known.Port, known.Version));
        await RefusedAsync("removed from the cluster", () => _nodes.NoteAsync(Guid.NewGuid(), report, default));
    }

    [Fact]
    public async Task Of_a_nodes_certificates_the_latest_is_good_and_the_one_before_until_that_was_seen()
    {
        JoinRequest request = Request(await TokenAsync(), "server1");
        using X509Certificate2 first = CertificateOf(await JoinAsync(request));
        await _nodes.RequireAsync(request.Id, first, default);

        // Its answer was lost, and it asks again.
        using X509Certificate2 lost = await RenewAsync(request, first);
        using X509Certificate2 second = await RenewAsync(request, first);
        await OldAsync(request.Id, lost);
        await _nodes.RequireAsync(request.Id, first, default);
        await _nodes.RequireAsync(request.Id, second, default);
        await OldAsync(request.Id, first);
        await _nodes.RequireAsync(request.Id, second, default);

        // It joins again, with the disk of somebody else who has the second one.
        using X509Certificate2 third = CertificateOf(await JoinAsync(Request(await TokenAsync(), "server1") with { Id = request.Id }));
        await OldAsync(request.Id, second);
        await _nodes.RequireAsync(request.Id, third, default);

        // And after it was removed.
        await RemoveAsync("server1");
        using X509Certificate2 fourth = CertificateOf(await JoinAsync(Request(await TokenAsync(), "server1") with { Id = request.Id }));
        await OldAsync(request.Id, third);
        await _nodes.RequireAsync(request.Id, fourth, default);
    }

    [Fact]
    public async Task A_certificate_that_is_later_than_all_that_are_known_is_believed_by_an_older_copy_of_the_state()
    {
        JoinRequest request = Request(await TokenAsync(), "server1");
        using X509Certificate2 known = CertificateOf(await JoinAsync(request));
        NodeDocument before = await _nodes.GetAsync("server1", default);
        _time.Advance(TimeSpan.FromDays(60));
        using X509Certificate2 later = await RenewAsync(request, known);
        await PutBackAsync(before);
        await _nodes.RequireAsync(request.Id, later, default);
        await OldAsync(request.Id, known);

        // Another clock does not make an earlier one good again.
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromDays(365));
        JoinRequest again = Request(await TokenAsync(), "server1") with { Id = request.Id };
        using X509Certificate2 past = await RenewAsync(request, later);
        await _nodes.RequireAsync(request.Id, past, default);
        await OldAsync(request.Id, later);
    }

    [Fact]
    public async Task A_node_that_is_up_is_not_replaced_by_who_has_a_token_only()
    {
        JoinRequest request = Request(await TokenAsync(), "server1");
        await JoinAsync(request);
        _presence.Note(request.Id, new NodeReport(Guid.NewGuid(), "server1", 24011, "0.1.0", _time.GetUtcNow(), []));
        JoinRequest again = Request(await TokenAsync(), "server1") with { Id = request.Id };
        await RefusedAsync("is up", again);
        await _admission.JoinAsync(again, new PeerIdentity(request.Id, ClusterRole.Node), default);

        again = Request(await TokenAsync(), "server1") with { Id = request.Id };
        _time.Advance(TimeSpan.FromSeconds(15));
        await JoinAsync(again with { Time = _time.GetUtcNow() });
    }

    [Fact]
    public async Task A_token_goes_with_the_node_that_has_asked_for_it()
    {
        JoinRequest maker = Request(await TokenAsync(), "server1");
        await JoinAsync(maker);
        JoinToken made = await _admission.CreateTokenAsync(24010, s_lifetime, maker.Id, default);
        JoinToken others = await TokenAsync();
        await RemoveAsync("server1");
        await RefusedAsync("the token is not known", Request(made, "server2"));
        await JoinAsync(Request(others, "server2"));

        // One that is made while the node is being removed.
        made = await _admission.CreateTokenAsync(24010, s_lifetime, maker.Id, default);
        await RefusedAsync("was removed from the cluster since", Request(made, "server3"));
    }

    [Fact]
    public async Task A_cluster_that_no_node_has_joined_is_made_again()
    {
        (Guid before, JoinToken token) = (_cluster.Id, await TokenAsync());
        await _cluster.CreateAsync("another", default);
        Assert.NotEqual(before, _cluster.Id);
        Assert.Equal("another", _cluster.Host);
        await RefusedAsync("the token is not known", Request(token, "server1"));
        await JoinAsync(Request(await TokenAsync(), "server1"));
        await RefusedAsync("there is a cluster already", () => _cluster.CreateAsync("manager", default), ExitCode.PoolRefused);
    }

    private Task<JoinAnswer> JoinAsync(JoinRequest request) => _admission.JoinAsync(request, null, default);

    private static X509Certificate2 CertificateOf(JoinAnswer answer) => X509Certificate2.CreateFromPem(answer.Certificate);

    private async Task<X509Certificate2> RenewAsync(JoinRequest request, X509Certificate2 shown) =>
        X509Certificate2.CreateFromPem(await _admission.RenewAsync(
            new PeerIdentity(request.Id, ClusterRole.Node), shown, request.Key, default));

    private Task OldAsync(Guid node, X509Certificate2 certificate) =>
        RefusedAsync("not the one that the node got last", () => _nodes.RequireAsync(node, certificate, default));

    private async Task PutBackAsync(NodeDocument node)
    {
        StateDocument now = (await _store.FindAsync(StateKind.Nodes, node.Id.ToString(), default))!;
        await _store.CommitAsync(
            [StateWrite.Of(StateKind.Nodes, now.Key, now.Revision, node, NodeDocumentJson.Default.NodeDocument)], default);
    }

    private Task<NodeDocument> RemoveAsync(string name) =>
        new NodeRemoval(_store, _nodes, new PoolRegistry(_store)).RemoveAsync(name, default);

    private Task<JoinToken> TokenAsync() => _admission.CreateTokenAsync(24010, s_lifetime, null, default);

    private JoinRequest Request(JoinToken token, string name)
    {
        using var key = NodeKey.Create();
        return new JoinRequest(token.Secret.ToArray(), Guid.NewGuid(), name, 24011, key.Request(), _time.GetUtcNow(), "0.1.0");
    }

    private async Task<bool> DoesJoinAsync(JoinRequest request)
    {
        try
        {
            await JoinAsync(request);
            return true;
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerRefused)
        {
            return false;
        }
    }

    private Task RefusedAsync(string reason, JoinRequest request) => RefusedAsync(reason, () => JoinAsync(request));

    private static async Task RefusedAsync(string reason, Func<Task> action, ExitCode code = ExitCode.PeerRefused)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(action);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
