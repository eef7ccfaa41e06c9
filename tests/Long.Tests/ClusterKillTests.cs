using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Long.Tests;

/// <summary>
/// Commands over three nodes while the manager, a step on one node, or the network between them ends: at every place where one has written down what it is
/// about to do. The next look finds the pool on all nodes or on none, and nothing else.
/// </summary>
[Trait("Part", "cluster-kills")]
public sealed class ClusterKillTests : IntegrationTest
{
    private const string Pool = "pool1";
    private const string Die = "KADALU_FSD_DIE_AT";

    private static readonly string[] s_units = ["node1:/srv/u", "node2:/srv/u", "node3:/srv/u"];

    // The pool that each needs before: none, a stopped one, a started one.
    private static readonly Dictionary<string, (string Before, string[] Words)> s_commands = new()
    {
        ["create"] = ("none", ["pool", "create", Pool, "mirror", .. s_units, "--root-partition", "--discard"]),
        ["set"] = ("started", ["pool", "set", Pool, "diagnostics.client-log-level", "DEBUG"]),
        ["stop"] = ("started", ["pool", "stop", Pool, "-y"]),
        ["start"] = ("stopped", ["pool", "start", Pool]),
        ["delete"] = ("stopped", ["pool", "delete", Pool, "-y"]),
    };

    private static readonly string[] s_manager =
    [
        "task: noted", .. from stage in (string[])["Checking", "Changing", "Running"]
                          from moment in (string[])["begins", "is done", "is noted"]
                          select $"task: {stage} {moment}",
    ];

    private static readonly Dictionary<string, string[]> s_steps = new()
    {
        ["create"] =
            ["a pool is noted", "a unit is marked", "a directory is marked", "a volfile is written", "a pool is created",
                "a unit is started"],
        ["set"] = ["a change is noted", "a volfile is written", "volfiles are changed", "the heal daemon has the change"],
        ["stop"] = ["a unit is stopped"],
        ["start"] = ["a volfile is written", "a unit is started"],
        ["delete"] =
            ["a deletion is noted", "exports are ended", "a directory is released", "a volfile is deleted"],
    };

    public static TheoryData<string> Commands => [.. s_commands.Keys];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_manager_that_is_killed_anywhere_finishes_or_undoes_it(string command)
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        foreach (string place in s_manager)
        {
            await PrepareAsync(nodes, s_commands[command].Before);
            await nodes[0].KillManagerAsync();
            await nodes[0].StartManagerAsync((Die, place));
            await nodes[1].KadaluAsync(s_commands[command].Words);
            await nodes[0].EndManagerAsync();
            await nodes[0].StartManagerAsync();
            await SettledAsync(nodes, $"{command}, manager killed at \"{place}\"");
        }

        await NothingIsLeftAsync(nodes);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_step_that_is_killed_on_one_node_is_finished_or_undone_on_all(string command)
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        foreach (string place in s_steps[command])
        {
            await PrepareAsync(nodes, s_commands[command].Before);
            await nodes[1].KillAgentAsync();
            await nodes[1].StartAgentAsync((Die, place));
            await nodes[2].KadaluAsync(s_commands[command].Words);
            await nodes[1].KillAgentAsync();
            await nodes[1].StartAgentAsync();
            await SettledAsync(nodes, $"{command}, step killed at \"{place}\"");
        }

        await NothingIsLeftAsync(nodes);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_node_that_is_cut_off_in_the_middle_has_it_as_all_others_when_it_is_back(string command)
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        foreach (bool isOneWay in (bool[])[false, true])
        {
            foreach (int milliseconds in (int[])[0, 100, 300, 600, 1000])
            {
                await PrepareAsync(nodes, s_commands[command].Before);
                Task<Command> running = nodes[0].KadaluAsync(s_commands[command].Words);
                await Task.Delay(milliseconds);
                await CutAsync(nodes[2], isOneWay, isCut: true);
                await running;
                await CutAsync(nodes[2], isOneWay, isCut: false);
                await SettledAsync(nodes, $"{command}, cut after {milliseconds} ms, {(isOneWay ? "one way" : "both ways")}");
            }
        }

        await NothingIsLeftAsync(nodes);
    }

    // One way: what it sends to the manager's node is lost, what it gets from there arrives.
    private static Task CutAsync(ClusterMachine node, bool isOneWay, bool isCut) => isOneWay
        ? node.MustAsync("ip", "route", isCut ? "add" : "delete", "blackhole", "10.97.0.1")
        : node.ConnectAsync(!isCut);

    private static async Task PrepareAsync(ClusterMachine[] nodes, string before)
    {
        string state = (string?)(await FindAsync(nodes[0]))?["state"] ?? "none";
        if (state == "none" && before != "none")
        {
            await nodes[0].MustKadaluAsync([.. s_commands["create"].Words, "--no-start"]);
            state = "stopped";
        }

        if (state == "started" && before != "started")
        {
            await nodes[0].MustKadaluAsync("pool", "stop", Pool, "-y");
            state = "stopped";
        }

        if (state == "stopped" && before != "stopped")
        {
            await nodes[0].MustKadaluAsync(before == "none" ? ["pool", "delete", Pool, "-y"] : ["pool", "start", Pool]);
        }
    }

    private static async Task<JsonNode?> FindAsync(ClusterMachine node) =>
        (await node.AskKadaluAsync("pool", "list")).AsArray().Count > 0 &&
        await node.KadaluAsync("pool", "info", Pool, "--json") is { ExitCode: 0 } info ? JsonNode.Parse(info.Output)![0] : null;

    // What the manager knows is what each node has, and nobody is told anything any more.
    private static Task<TimeSpan> SettledAsync(ClusterMachine[] nodes, string what) => Until.SoAsync(
        $"all nodes agree ({what})",
        async () => await FindAsync(nodes[0]) is { } pool
            ? pool["task"] is null && pool["nodes"]!.AsArray().All(node => !(bool)node!["isBehind"]!) &&
                nodes.All(node => IsAs(node, pool))
            : nodes.All(node => node.FindDefinition(Pool) is null),
        () => string.Join('\n', nodes.Select(node => LastOf(node.ReadLog("agent"))).Prepend(LastOf(nodes[0].ReadLog("manager")))));

    private static string LastOf(string log) => log[Math.Max(0, log.Length - 4000)..];

    private static bool IsAs(ClusterMachine node, JsonNode pool) => node.FindDefinition(Pool) is { } there &&
        (string?)there["digest"] == (string?)pool["digest"] && (string?)there["local"]!["state"] == (string?)pool["state"] &&
        (int)there["revision"]! == (int)pool["definition"]!["revision"]! && (bool?)there["local"]!["changing"] != true;

    // Ports and marks too: the same pool can be made again, with the same ports.
    private static async Task NothingIsLeftAsync(ClusterMachine[] nodes)
    {
        await PrepareAsync(nodes, "stopped");
        string ports = nodes[0].PortsOf(Pool);
        await PrepareAsync(nodes, "none");
        foreach (ClusterMachine node in nodes)
        {
            Assert.Equal(
                "", await node.MustAsync(
                    "sh", "-ec",
                    $"ls /var/lib/kadalu/pools /var/lib/kadalu/volfiles | grep {Pool} || true; ls /run/kadalu | grep {Pool}.*pid || true; " +
                    "getfattr --absolute-names -d -m trusted.glusterfs /srv/u 2> /dev/null | grep volume-id || true"));
        }

        await PrepareAsync(nodes, "stopped");
        Assert.Equal(ports, nodes[0].PortsOf(Pool));
    }
}
