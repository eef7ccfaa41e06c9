using KadaluFsd.Shared;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// The life of a pool over nodes with systemd, by single commands: made, mounted, changed, healed, stopped, deleted and made again; then with one of its
/// nodes down, and with the manager's node down.
/// </summary>
internal sealed class PoolOverNodes
{
    private const string Pool = "pool1";
    private const string Mount = "/mnt";
    private const string Option = "diagnostics.client-log-level";

    private readonly ClusterMachine[] _nodes;
    private readonly string[] _words;
    private readonly bool _hasCopies;

    private PoolOverNodes(ClusterMachine[] nodes, string[] words, bool hasCopies) =>
        (_nodes, _words, _hasCopies) = (nodes, words, hasCopies);

    // The last one has no unit, and mounts.
    private ClusterMachine Client => _nodes[^1];

    private ClusterMachine Manager => _nodes[0];

    /// <summary>Runs it.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="count">How many nodes have units.</param>
    /// <param name="words">What the pool is made of, as <c>pool create</c> takes it: <c>N</c> is a unit on the N-th node.</param>
    /// <param name="hasCopies">Whether clients reach all files without one of its nodes.</param>
    internal static async Task RunAsync(Workspace workspace, int count, string words, bool hasCopies)
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(workspace, count + 1, withSystemd: true);
        var run = new PoolOverNodes(
            nodes,
            [.. words.Split(' ').Select((word, place) =>
                word.Length == 2 && word[0] == 'n' ? $"node{word[1]}:/srv/u{place}" : word)],
            hasCopies);
        await run.LiveAsync();
        await run.LoseNodeAsync(nodes[count - 1]);
        if (hasCopies)
        {
            await run.LoseManagerAsync();
        }
    }

    private async Task LiveAsync()
    {
        await CreateAsync();
        await MountAsync();
        await WriteAsync("first");
        await _nodes[1].MustKadaluAsync("pool", "set", Pool, Option, "DEBUG");
        await WellAsync("it is new");
        if (_hasCopies)
        {
            await Client.MustKadaluAsync("heal", "start", Pool);
            await Client.MustKadaluAsync("heal", "status", Pool);
        }

        await UnmountAsync();
        await Client.MustKadaluAsync("pool", "stop", Pool, "-y");
        Assert.Equal(20, (await Client.KadaluAsync("pool", "status")).ExitCode);
        await Client.MustKadaluAsync("pool", "start", Pool);
        await MountAsync();
        await SeesAsync("first");
        await UnmountAsync();

        string ports = Manager.PortsOf(Pool);
        await Client.MustKadaluAsync("pool", "stop", Pool, "-y");
        await Client.MustKadaluAsync("pool", "delete", Pool, "-y");
        Assert.All(_nodes, node => Assert.Null(node.FindDefinition(Pool)));
        await CreateAsync("--discard");
        Assert.Equal(ports, Manager.PortsOf(Pool));
        await MountAsync();
        await WriteAsync("second");
    }

    private async Task LoseNodeAsync(ClusterMachine lost)
    {
        await lost.PowerOffAsync();
        await Until.SoAsync("the manager misses the node", async () => (string?)(await Client.AskKadaluAsync("node", "list"))
            .AsArray().Single(node => (string?)node!["name"] == lost.Name)!["state"] == "lost");
        Assert.Contains((await Client.KadaluAsync("pool", "status")).ExitCode, (int[])[20, 21]);
        string[] set = ["pool", "set", Pool, Option, "TRACE"];
        Assert.Contains("--offline-ok", (await Client.KadaluAsync(set)).Error, StringComparison.Ordinal);
        await Client.MustKadaluAsync([.. set, "--offline-ok"]);
        if (_hasCopies)
        {
            await WriteAsync("third");
            await SeesAsync("second");
        }

        await lost.PowerOnAsync();
        await WellAsync($"{lost.Name} is back");
        Assert.Equal("TRACE", (string?)lost.FindDefinition(Pool)!["options"]![Option]);
        await SeesAsync(_hasCopies ? "third" : "second");
    }

    // Nobody can change anything then, and nobody needs to.
    private async Task LoseManagerAsync()
    {
        await Manager.PowerOffAsync();
        Assert.NotEqual(0, (await Client.KadaluAsync("pool", "list")).ExitCode);
        await WriteAsync("fourth");
        string service = (await _nodes[1].MustAsync(
            "sh", "-ec", $"systemctl list-units --plain --no-legend 'kadalu-fsd@{Pool}.*.service' | head -1 | cut -d' ' -f1")).Trim();
        string before = await ProcessOfAsync(service);
        await _nodes[1].MustAsync("kill", "-9", before);
        await Until.SeesAsync(
            "the unit is started again without the manager", () => ProcessOfAsync(service), now => now != before && now != "0");

        // With the manager's unit gone too, this one's was one too many: clients go on when they have found it again.
        await Until.SoAsync("the client can write again", async () => (await Client.RunAsync("touch", $"{Mount}/again")).ExitCode == 0);
        await WriteAsync("fifth");
        await SeesAsync("fourth");
        await Manager.PowerOnAsync();
        await WellAsync("the manager's node is back");
        await SeesAsync("fifth");
        await UnmountAsync();
    }

    private async Task<string> ProcessOfAsync(string service) =>
        (await _nodes[1].MustAsync("systemctl", "show", "--value", "-p", "MainPID", service)).Trim();

    private Task<string> CreateAsync(params string[] more) => Client.MustKadaluAsync(
        ["pool", "create", Pool, .. _words, "--root-partition", "--same-node", "--mode=script", .. more]);

    private Task<string> MountAsync() => Client.MustKadaluAsync("pool", "mount", Pool, Mount);

    private Task<string> UnmountAsync() => Client.MustAsync("umount", Mount);

    private Task<string> WriteAsync(string name) => Client.MustAsync(
        "sh", "-ec", $"mkdir {Mount}/{name}; for i in $(seq 20); do echo {name}-$i > {Mount}/{name}/$i; done; sync -f {Mount}/{name}");

    // A client finds out within seconds that a unit is back.
    private Task<TimeSpan> SeesAsync(string name) => Until.SoAsync(
        $"the client reads what was written: {name}",
        async () => (await Client.RunAsync(
            "sh", "-ec", $"for i in $(seq 20); do [ \"$(cat {Mount}/{name}/$i)\" = {name}-$i ]; done")).ExitCode == 0);

    private async Task WellAsync(string when) => await Until.SeesAsync(
        $"all is well ({when})", () => Client.KadaluAsync("pool", "status"), status => status.ExitCode == 0,
        () => string.Join('\n', _nodes.Select(node => $"{node.ReadLog("agent")}")));
}
