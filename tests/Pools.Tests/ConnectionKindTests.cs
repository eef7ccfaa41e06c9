using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>All connections of a pool are encrypted, or none.</summary>
public sealed class ConnectionKindTests : IDisposable
{
    private const string Plain = "volume c\n    type protocol/client\n    option remote-host h\nend-volume\n";
    private const string PlainUnit = "volume s\n    type protocol/server\n    subvolumes p\nend-volume\n";
    private const string Encrypted = "    option transport.socket.ssl-enabled on\n";

    private static readonly StoredPool s_started = new(
        new Pool("pool1", Guid.Empty) { Groups = [new DistributeGroup(GroupKind.Distribute, [])] }, PoolState.Started);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kadalu-fsd-test-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Connections_that_stay_as_they_are_need_no_restart()
    {
        ConnectionKind.Check(s_started, Of(client: false, unit: false), Of(client: false, unit: false), restart: false);
        ConnectionKind.Check(s_started, Of(client: true, unit: true), Of(client: true, unit: true), restart: false);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void TLS_for_clients_or_units_alone_is_rejected_even_with_a_restart(bool client, bool unit) => Assert.Contains(
        "go together", Assert.Throws<CommandException>(() => ConnectionKind.Check(
            s_started with { State = PoolState.Stopped }, Of(false, false), Of(client, unit), restart: true)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void TLS_changes_in_a_stopped_pool_or_with_a_restart_only()
    {
        Dictionary<string, string> before = Of(client: false, unit: false), after = Of(client: true, unit: true);
        Assert.Contains(
            "pool stop pool1 before",
            Assert.Throws<CommandException>(() => ConnectionKind.Check(s_started, before, after, restart: false)).Message,
            StringComparison.Ordinal);
        ConnectionKind.Check(s_started, before, after, restart: true);
        ConnectionKind.Check(s_started with { State = PoolState.Stopped }, after, before, restart: false);
    }

    [Fact]
    public void Pending_options_are_named_and_TLS_has_words_of_its_own()
    {
        Assert.Null(ConnectionKind.Describe([]));
        Assert.Equal("a/b.c, d/e.f", ConnectionKind.Describe(["a/b.c", "d/e.f"]));
        Assert.Equal(
            ConnectionKind.Changes, ConnectionKind.Describe(["storage/posix.x", "protocol/server.transport.socket.ssl-enabled"]));
    }

    [Fact]
    public void Files_that_TLS_cannot_use_are_found_once_unless_they_were_there_before()
    {
        string missing = Path.Combine(_directory.FullName, "missing");
        string text = PlainUnit.Replace(
            "    subvolumes", $"{Encrypted}    option transport.socket.ssl-own-cert {missing}\n    subvolumes",
            StringComparison.Ordinal);
        Assert.Empty(TlsFiles.FindProblems([Whole(PlainUnit)]));
        string problem = Assert.Single(TlsFiles.FindProblems([Whole(text), Whole(text)]));
        Assert.StartsWith($"the certificate {missing} cannot be used", problem, StringComparison.Ordinal);
        Assert.Empty(TlsFiles.FindProblems([Whole(text)], [Whole(text)]));
        Directory.CreateDirectory(missing);
        Assert.StartsWith(
            $"{missing} is not a regular file", Assert.Single(TlsFiles.FindProblems([Whole(text)])), StringComparison.Ordinal);
    }

    private static string Whole(string unit) => "volume p\n    type storage/posix\n    option directory /u\nend-volume\n" + unit;

    private static Dictionary<string, string> Of(bool client, bool unit) => new()
    {
        ["pool1"] = client ? Plain.Replace("end-volume", Encrypted + "end-volume", StringComparison.Ordinal) : Plain,
        ["pool1.n.u"] = Whole(unit ? PlainUnit.Replace("    sub", Encrypted + "    sub", StringComparison.Ordinal) : PlainUnit),
    };
}
