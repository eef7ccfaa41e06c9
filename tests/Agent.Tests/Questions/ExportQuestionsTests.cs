using System.Text.Json;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Tests.Questions;

/// <summary>How a node has its file servers export pools, and why it does not.</summary>
public sealed class ExportQuestionsTests : IDisposable
{
    private static readonly NfsExportTerms s_usual = new(null, null, false, null, null, null, null, null, null);

    private readonly string _root = Directory.CreateTempSubdirectory("kadalu-fsd-exports-").FullName;
    private readonly PoolStore _store;
    private readonly Pool _pool = new("pool1", Guid.NewGuid())
    {
        Groups = [new DistributeGroup(GroupKind.Distribute, [new PoolUnit(new PoolNode(Environment.MachineName), "/data/u", 24200)])],
        Port = 24100,
        Revision = 1,
    };

    public ExportQuestionsTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "var/lib/kadalu/pools"));
        _store = new PoolStore(new PoolPaths(_root));
        _store.Save(new StoredPool(PoolNumbers.Assign(_pool, isNew: true), PoolState.Started));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_pool_is_shared_and_that_is_ended_also_when_the_pool_is_gone()
    {
        string fragment = Path.Combine(_root, "etc/samba/kadalu/pool1.conf");
        var terms = new SmbShareTerms("share", null, IsReadOnly: true);
        string[] said = await AskAsync(new SmbShareQuestion("pool1", _pool.Id, terms));
        Assert.Contains(said, line => line.StartsWith("pool1 is shared by SMB as share: / of it, read-only", StringComparison.Ordinal));
        Assert.Contains("read only = yes", await File.ReadAllTextAsync(fragment), StringComparison.Ordinal);

        await RefusedAsync(new SmbShareQuestion("pool1", Guid.Empty, null), ExitCode.PoolRefused, "is another one");
        Assert.True(File.Exists(fragment));
        _store.Remove("pool1");
        Assert.Contains(
            "is not shared by SMB any more", (await AskAsync(new SmbShareQuestion("pool1", Guid.Empty, null)))[0],
            StringComparison.Ordinal);
        Assert.False(File.Exists(fragment));
        await RefusedAsync(new SmbShareQuestion("pool1", _pool.Id, terms), ExitCode.PoolRefused, "there is no pool \"pool1\"");
    }

    [Fact]
    public async Task An_export_needs_somebody_who_gives_ganesha_the_volfile()
    {
        await RefusedAsync(
            new NfsExportQuestion("pool1", _pool.Id, s_usual), ExitCode.PeerUnreachable,
            "nobody gives NFS-Ganesha volfiles there: 127.0.0.1:24007 is silent; start a gateway");
        await RefusedAsync(
            new NfsExportQuestion("pool1", _pool.Id, s_usual with { Address = "other" }), ExitCode.PeerRefused,
            "other:24007 gives volfiles, but not that of pool1");
        await RefusedAsync(
            new NfsExportQuestion("pool1", _pool.Id, s_usual with { Alias = "127.0.9.1" }), ExitCode.PoolRefused,
            "kadalu pool set pool1 unit.alias 127.0.9.1 --restart");
        await RefusedAsync(
            new NfsExportQuestion("pool1", _pool.Id, s_usual with { Alias = "127.0.9.1", HasPoolServers = true }), ExitCode.Usage,
            "say one of --address, --alias, --pool-servers");
    }

    private async Task RefusedAsync(NodeQuestion question, ExitCode code, string reason)
    {
        CommandException refusal = await Assert.ThrowsAsync<CommandException>(() => AskAsync(question));
        Assert.Equal(code, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private async Task<string[]> AskAsync(NodeQuestion question)
    {
        Assert.True(ExportQuestions.Are(question));
        JsonElement answer = await new ExportQuestions(_store, Open, FetchAsync).AnswerAsync(question, CancellationToken.None);
        return answer.Deserialize(QuestionJson.Default.ExportDone)!.Said;
    }

    private PoolSharing Open(Action<string> say)
    {
        PoolPaths paths = _store.Paths;
        var exports = new PoolExports(paths, say);
        var recovery = new PoolRecovery(
            _store, new PoolVolfiles(paths, _ => true), new NodeServices(paths), exports, ThisNode.Of(paths.Node), say);
        return new PoolSharing(_store, recovery, exports);
    }

    private static Task FetchAsync(string server, string key, CancellationToken cancellation) =>
        throw (server.StartsWith("other", StringComparison.Ordinal)
            ? new CommandException(ExitCode.PeerRefused, "no")
            : new CommandException(ExitCode.PeerUnreachable, $"{server} is silent"));
}
