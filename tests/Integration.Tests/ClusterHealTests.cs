using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Heals of pools over several nodes, seen and started by commands on any of them.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterHealTests : IntegrationTest
{
    private const string Pool = "pool1";
    private const int Degraded = 20;

    [Fact]
    public async Task What_a_node_has_missed_is_seen_compared_and_healed_by_commands_on_another_one()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        (ClusterMachine first, ClusterMachine second, ClusterMachine third) = (nodes[0], nodes[1], nodes[2]);
        await second.MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition");
        await WriteAsync(first, "node1", "mkdir /mnt/dir; echo before > /mnt/dir/old");
        await HealedAsync(second);

        await KillUnitAsync(third);
        await WriteAsync(first, "node1", "echo later > /mnt/dir/old; echo new > /mnt/dir/new; ln -s /etc/passwd /mnt/dir/link");

        JsonNode status = await MayAskAsync(second, Degraded, "heal", "status");
        Assert.Equal("waits", (string?)status[0]!["verdict"]);
        Assert.True((long)status[0]!["waiting"]! >= 2, status.ToJsonString());
        Assert.Equal(["node1:/srv/u", "node2:/srv/u", "node3:/srv/u"], Texts(status[0]!["units"]!, "unit"));
        Assert.Contains("node3:/srv/u is not known: it is down", status.ToJsonString(), StringComparison.Ordinal);

        // Node 3 has not heard of the new file: others know its path.
        JsonNode files = await MayAskAsync(third, Degraded, "heal", "info", Pool);
        Assert.Equal(["node1:/srv/u", "node2:/srv/u", "node3:/srv/u"], Texts(files["units"]!, "unit"));
        Assert.Contains("/dir/new", Texts(files["units"]![0]!["files"]!, "path"));
        Assert.Contains("/dir/old", Texts(files["units"]![1]!["files"]!, "path"));

        JsonNode old = await MayAskAsync(second, Degraded, "heal", "compare", Pool, "/dir/old");
        Assert.Equal("different", (string?)old["verdict"]);
        Assert.Contains("node3:/srv/u", old["copies"]![0]!["file"]!["marks"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(
            "node3:/srv/u has no copy", (await second.KadaluAsync("heal", "compare", Pool, "/dir/new")).Output,
            StringComparison.Ordinal);
        MustBeRefused(await second.KadaluAsync("heal", "compare", Pool, "/dir/../dir/old"), "no path");
        MustBeRefused(await second.KadaluAsync("heal", "compare", Pool, "/dir/none"), "no unit of pool1 has /dir/none");
        Assert.Contains(
            "no directory there", (await second.KadaluAsync("heal", "compare", Pool, "/dir/link/passwd")).Output,
            StringComparison.Ordinal);

        await first.MustKadaluAsync("pool", "start", Pool);
        await Until.SeesAsync(
            "all self-heal daemons crawl", () => second.KadaluAsync("heal", "start", Pool), started => started.ExitCode == 0);
        await HealedAsync(second);
        JsonNode same = await second.AskKadaluAsync("heal", "compare", Pool, "/dir/new");
        Assert.Equal("equal", (string?)same["verdict"]);
        Assert.Equal(
            "7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c", (string?)same["copies"]![2]!["file"]!["sha256"]);
        JsonNode link = await third.AskKadaluAsync("heal", "compare", Pool, "/dir/link");
        Assert.Equal("link", (string?)link["copies"]![0]!["file"]!["kind"]);
        Assert.Contains("0 differences", await third.MustKadaluAsync("heal", "check", Pool), StringComparison.Ordinal);
        Assert.Contains("node3:/srv/u: 0 to heal", await third.MustKadaluAsync("heal", "info", Pool), StringComparison.Ordinal);

        // One whose agent does not answer is named, and its units are not known.
        await third.KillAgentAsync();
        status = await MayAskAsync(second, Degraded, "heal", "status", Pool);
        Assert.Equal("not known", (string?)status[0]!["verdict"]);
        Assert.Contains("node3 says nothing", status.ToJsonString(), StringComparison.Ordinal);
        Command start = await second.KadaluAsync("heal", "start", Pool);
        Assert.Equal(Degraded, start.ExitCode);
        Assert.Contains("node3 has started nothing", start.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_split_brain_over_two_nodes_is_listed_and_resolved_by_a_command_that_asks_first()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[0].MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y");

        // GlusterFS's own times, which clients send along, are brought into line without being asked.
        await nodes[0].MustKadaluAsync(
            "pool", "set", Pool, "features.ctime", "off", "cluster.self-heal-daemon", "off", "cluster.data-self-heal", "off",
            "cluster.metadata-self-heal", "off", "cluster.entry-self-heal", "off");
        await WriteAsync(nodes[0], "node1", "echo first > /mnt/file");
        await WriteOnlyAsync(nodes[0], nodes[1], "older and longer");
        await WriteOnlyAsync(nodes[1], nodes[0], "newer");

        JsonNode files = await MayAskAsync(nodes[1], 0, "heal", "info", Pool, "--split-brain");
        Assert.All(files["units"]!.AsArray(), unit => Assert.Equal(["/file"], Texts(unit!["files"]!, "path")));
        Assert.Contains(
            "/file  in split-brain", await nodes[1].MustKadaluAsync("heal", "info", Pool), StringComparison.Ordinal);
        Assert.Equal("different", (string?)(await MayAskAsync(nodes[1], Degraded, "heal", "compare", Pool, "/file"))["verdict"]);
        MustBeRefused(await nodes[1].KadaluAsync("heal", "start", Pool), "switched off");

        string[] resolve = ["heal", "resolve", Pool, "/file", "--source", "node1:/srv/u"];
        MustBeRefused(await nodes[1].KadaluAsync(resolve), "Say -y");
        MustBeRefused(await nodes[1].KadaluAsync("heal", "resolve", Pool, "-y"), "say one of");
        MustBeRefused(
            await nodes[1].KadaluAsync("heal", "resolve", Pool, "/file", "--source", "node3:/srv/u", "-y"), "is no unit of pool1");
        await nodes[1].MustKadaluAsync([.. resolve, "--mode=script"]);
        Assert.All(nodes, node => Assert.Equal("older and longer\n", File.ReadAllText(node.Outside("/srv/u/file"))));
        Assert.Empty((await MayAskAsync(nodes[0], 0, "heal", "info", Pool, "--split-brain"))["units"]![0]!["files"]!.AsArray());
        Command again = await nodes[1].KadaluAsync([.. resolve, "-y", "--json"]);
        Assert.Contains("not in split-brain", (string?)JsonNode.Parse(again.Output)!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_and_goes_leaves_no_process_behind()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[0].MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y");
        string unit = $"$(cat /run/kadalu/{Pool}.node2.srv-u.pid)";
        await nodes[1].MustAsync("sh", "-ec", $"kill -STOP {unit}");

        // GlusterFS waits for the unit that does not answer.
        string kadalu = Path.Combine(Path.GetDirectoryName(Workspace.Program)!, "kadalu");
        foreach (ClusterMachine node in nodes)
        {
            Task<Command> asked = node.RunAsync("timeout", "--signal=KILL", "5", kadalu, "heal", "info", Pool);
            await Until.SoAsync("a node works for an answer", async () => await WorkAsync(nodes[0]) || await WorkAsync(nodes[1]));
            Assert.Equal(137, (await asked).ExitCode);
            await Until.SoAsync(
                "no node works for an answer", async () => !await WorkAsync(nodes[0]) && !await WorkAsync(nodes[1]),
                limit: TimeSpan.FromSeconds(10));
        }

        await nodes[1].MustAsync("sh", "-ec", $"kill -CONT {unit}");
    }

    private static Task<Command> HealedAsync(ClusterMachine node) => Until.SeesAsync(
        "nothing has to be healed", () => node.KadaluAsync("heal", "status", Pool),
        status => status.ExitCode == 0 && status.Output.Contains("nothing to heal", StringComparison.Ordinal));

    // Each client is another one, which does not remember what it saw.
    private static Task<string> WriteAsync(ClusterMachine client, string server, string script) => client.MustAsync(
        "sh", "-ec", $"""
            mkdir -p /mnt
            glusterfs --volfile-server={server} --volfile-server-port=24199 --volfile-id={Pool} -l /var/log/kadalu/mount.log /mnt
            ls /mnt
            {script}
            sync -f /mnt
            umount /mnt
            """);

    private static async Task WriteOnlyAsync(ClusterMachine there, ClusterMachine away, string text)
    {
        await KillUnitAsync(away);
        await WriteAsync(there, there.Name, $"echo {text} > /mnt/file");
        await KillUnitAsync(there);
        await there.MustKadaluAsync("pool", "start", Pool);
    }

    private static Task KillUnitAsync(ClusterMachine node) => node.KillUnitsAsync($"{Pool}.{node.Name}.srv-u");

    private static async Task<JsonNode> MayAskAsync(ClusterMachine node, int code, params string[] words)
    {
        Command answer = await node.KadaluAsync([.. words, "--json"]);
        Assert.True(answer.ExitCode == code, $"{string.Join(' ', words)}: {answer.ExitCode}: {answer.Output}{answer.Error}");
        return JsonNode.Parse(answer.Output)!;
    }

    private static async Task<bool> WorkAsync(ClusterMachine node) =>
        (await node.RunAsync("pgrep", "-f", "glfsheal|kadalu-fsd answer")).ExitCode == 0;

    private static string[] Texts(JsonNode list, string name) => [.. list.AsArray().Select(one => (string)one![name]!)];
}
