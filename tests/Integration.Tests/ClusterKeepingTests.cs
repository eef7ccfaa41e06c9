using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Clusters whose manager has lost what it knew, or a part of it.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterKeepingTests : IntegrationTest
{
    private const string Pool = "pool1";
    private const string Created = "created";
    private const string Deleted = "deleted";
    private const string Option = "diagnostics.client-log-level";

    [Fact]
    public async Task An_older_copy_of_the_state_is_put_back_and_does_not_undo_what_came_after_it()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);

        // The manager asks the other node by its address from now on.
        await nodes[1].MustKadaluAsync("node", "set", "node2", "--address", nodes[1].Address);
        Assert.Contains($"node2 ({nodes[1].Address})", await nodes[0].MustKadaluAsync("node", "list"), StringComparison.Ordinal);
        await CreateAsync(nodes[1], Pool);
        await CreateAsync(nodes[1], Deleted, "--no-start");
        await nodes[0].MustKadaluAsync("cluster", "backup", "/srv/backup");
        Assert.Equal("600", Mode(nodes[0].Outside("/srv/backup")));
        MustBeRefused(await nodes[0].KadaluAsync("cluster", "backup", "/srv/backup"), "--force");
        await nodes[0].MustKadaluAsync("cluster", "backup", "/srv/backup", "--force");
        MustBeRefused(
            await nodes[0].KadaluAsync("cluster", "backup", "/var/lib/kadalu/manager/state.db", "--force"), "is the manager's own");
        MustBeRefused(await nodes[1].KadaluAsync("cluster", "backup", "/srv/backup"), "does not run on this node");
        MustBeRefused(await nodes[0].KadaluAsync("cluster", "restore", "/srv/backup", "-y"), "runs on this node");

        // What is asked through an agent arrives as it was asked.
        MustBeRefused(await nodes[1].KadaluAsync("pool", "info", "a?b/c"), "\"a?b");

        await nodes[1].MustKadaluAsync("pool", "set", Pool, Option, "DEBUG");
        await nodes[1].MustKadaluAsync("pool", "delete", Deleted, "-y");
        await CreateAsync(nodes[1], Created);
        string units = await PidsAsync(nodes);
        await nodes[0].KillManagerAsync();
        await nodes[0].MustKadaluAsync("cluster", "restore", "/srv/backup", "-y");
        Assert.Equal("600", Mode(nodes[0].Outside("/var/lib/kadalu/manager/state.db")));
        await nodes[0].StartManagerAsync();
        await Until.SoAsync(
            "the manager has found out that its state is an older copy",
            async () => await FindAsync(nodes[1], Pool) is { } pool && pool["problem"] is not null &&
                await FindAsync(nodes[1], Deleted) is { } deleted && deleted["problem"] is not null,
            () => nodes[0].ReadLog("manager"));
        Assert.Contains("is an older copy", await nodes[1].MustKadaluAsync("cluster", "info"), StringComparison.Ordinal);
        MustBeRefused(await nodes[1].KadaluAsync("pool", "set", Pool, Option, "INFO"), "kadalu pool adopt");
        Assert.All(nodes, node => Assert.Equal((2, "DEBUG"), (RevisionOf(node), OptionOf(node))));

        await nodes[1].MustKadaluAsync("pool", "adopt", Pool, "--from", "node2", "-y");
        await Until.SoAsync(
            "all nodes have what was adopted", () => nodes.All(node => RevisionOf(node) == 3 && OptionOf(node) == "DEBUG"),
            () => nodes[0].ReadLog("manager"));
        await nodes[1].MustKadaluAsync("pool", "set", Pool, Option, "INFO");
        Assert.All(nodes, node => Assert.Equal("INFO", OptionOf(node)));

        // A pool that came later has the ports of one that has gone since.
        await nodes[1].MustKadaluAsync("pool", "delete", Deleted, "-y");
        Assert.Null(await FindAsync(nodes[1], Deleted));
        await Until.SoAsync(
            "the later pool is taken over", async () => (string?)(await FindAsync(nodes[1], Created))?["state"] == "started",
            () => nodes[0].ReadLog("manager"));
        Assert.Equal(units, await PidsAsync(nodes));
    }

    [Fact]
    public async Task A_cluster_whose_state_is_lost_is_made_again_of_its_nodes_while_units_serve()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        await nodes[0].MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition");
        string units = await PidsAsync(nodes);

        // A node that is up joins again by what it has of the cluster.
        string token = (await nodes[0].MustKadaluAsync("node", "token")).Trim();
        MustBeRefused(await nodes[2].KadaluAsync("node", "join", token), "--again");
        await nodes[2].MustKadaluAsync("node", "join", "--again", token);
        MustBeRefused(await nodes[1].KadaluAsync("cluster", "recover", "-y"), "nothing is lost");

        await nodes[0].KillManagerAsync();
        await nodes[0].MustAsync("mv", "/var/lib/kadalu/manager", "/srv/old");
        JsonNode made = await nodes[1].AskKadaluAsync("cluster", "recover", "-y");
        Assert.Equal("node1,node3", string.Join(",", made["nodes"]!.AsArray().Select(node => (string)node!["name"]!)));
        await nodes[0].MustKadaluAsync("node", "join", "--again", (string)made["nodes"]![0]!["token"]!);
        await Until.SoAsync(
            "the pool waits for the last node",
            async () => (await nodes[0].MustKadaluAsync("pool", "list")).Contains(
                "not in the cluster yet: node3", StringComparison.Ordinal),
            () => nodes[1].ReadLog("manager"));
        await nodes[2].MustKadaluAsync("node", "join", "--again", (string)made["nodes"]![1]!["token"]!);
        await Until.SoAsync(
            "the pool is the new cluster's",
            async () => (await nodes[0].AskKadaluAsync("pool", "list")).AsArray().Count == 1, () => nodes[1].ReadLog("manager"));
        await nodes[2].MustKadaluAsync("pool", "set", Pool, Option, "DEBUG");
        Assert.All(nodes, node => Assert.Equal("DEBUG", OptionOf(node)));
        Assert.Equal(units, await PidsAsync(nodes));

        // The lost manager was not lost, and starts again where it was: it does not speak for a cluster that its node has left.
        await nodes[0].MustAsync("mv", "/srv/old", "/var/lib/kadalu/manager");
        nodes[0].StartOldManager();
        await Until.SoAsync(
            "the old manager refuses",
            async () => (await nodes[0].KadaluAsync("pool", "list")).Error.Contains("which this node has left", StringComparison.Ordinal),
            () => nodes[0].ReadLog("old"));
        MustBeRefused(await nodes[0].KadaluAsync("cluster", "backup", "/srv/backup"), "systemctl disable --now kadalu-manager");
        Assert.Contains("a manager runs here that is not the cluster's", (await nodes[1].KadaluAsync("doctor")).Output, StringComparison.Ordinal);
        await nodes[0].KillManagerAsync();
        await nodes[0].MustKadaluAsync("pool", "info", Pool);
    }

    [Fact]
    public async Task A_node_that_its_manager_refuses_makes_no_cluster_of_its_own()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[0].MustKadaluAsync("node", "remove", "node2", "-y");
        MustBeRefused(await nodes[1].KadaluAsync("cluster", "recover", "-y"), "it was removed from the cluster");

        // One that is to be alone says so.
        await nodes[1].MustKadaluAsync("node", "leave", "-y");
        await nodes[1].MustKadaluAsync("cluster", "recover", "-y");
        Assert.Equal(1, (int)(await nodes[1].AskKadaluAsync("cluster", "info"))["nodes"]!);
    }

    [Fact]
    public async Task A_node_whose_disk_is_full_starts_its_units_when_there_is_space_again()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await CreateAsync(nodes[0], Pool);
        await nodes[1].KillAgentAsync();
        await PutOnSmallDiskAsync(nodes[1], "/var/lib/kadalu");
        await nodes[1].StartAgentAsync();
        await FillAsync(nodes[1], "/var/lib/kadalu");

        // Nothing is begun that could not be noted there.
        MustBeRefused(await nodes[0].KadaluAsync("pool", "set", Pool, Option, "DEBUG"), "node2: ");
        MustBeRefused(
            await nodes[0].KadaluAsync(
                "pool", "create", Created, "mirror", "node1:/srv/v", "node2:/srv/v", "--root-partition", "-y"), "node2: ");
        Assert.Equal(1, RevisionOf(nodes[0]));
        Assert.Null(await FindAsync(nodes[0], Created));
        Assert.All(nodes, node => Assert.False(Directory.Exists(node.Outside($"/run/kadalu/changes/{Created}"))));
        JsonNode tried = (await nodes[0].AskKadaluAsync("task", "list")).AsArray()[0]!;
        Assert.Equal(
            "node1 checked, node2 failed",
            string.Join(", ", tried["nodes"]!.AsArray().Select(node => $"{(string?)node!["name"]} {(string?)node["state"]}")));
        Command stop = await nodes[0].KadaluAsync("pool", "stop", Pool, "-y");
        Assert.True(stop.ExitCode != 0 && stop.Error.Contains("node2: ", StringComparison.Ordinal), stop.Error);
        Command start = await nodes[0].KadaluAsync("pool", "start", Pool);
        Assert.True(start.ExitCode != 0 && start.Error.Contains("node2: ", StringComparison.Ordinal), start.Error);
        JsonNode pool = (await FindAsync(nodes[0], Pool))!;
        Assert.Equal(("started", "node2"), ((string?)pool["state"], (string?)Assert.Single(pool["behind"]!.AsArray())));

        await nodes[1].MustAsync("rm", "/var/lib/kadalu/filler");
        await Until.SoAsync(
            "the node has started its unit",
            async () => (await nodes[0].KadaluAsync("pool", "status", Pool)).ExitCode == 0 &&
                (await FindAsync(nodes[0], Pool))!["behind"]!.AsArray().Count == 0,
            () => nodes[0].ReadLog("manager"));
    }

    [Fact]
    public async Task A_manager_whose_disk_is_full_says_so_and_sees_its_nodes()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await CreateAsync(nodes[0], Pool);
        await nodes[0].KillManagerAsync();
        await PutOnSmallDiskAsync(nodes[0], "/var/lib/kadalu/manager");
        await FillAsync(nodes[0], "/var/lib/kadalu/manager");
        await nodes[0].StartManagerAsync();
        await Until.SoAsync(
            "the manager has heard of its nodes",
            async () => (await nodes[1].AskKadaluAsync("node", "list")).AsArray().All(node => (string?)node!["state"] == "up"),
            () => nodes[0].ReadLog("manager"));
        MustBeRefused(await nodes[1].KadaluAsync("pool", "set", Pool, Option, "DEBUG"), "full");
        Assert.All(nodes, node => Assert.Equal(1, RevisionOf(node)));

        // Why one does not start is in its log too.
        Command second = await nodes[0].KadaluAsync("manager", "--log", "/var/log/kadalu/second.log");
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains(
            $"ends with exit code {second.ExitCode}: {second.Error["kadalu: ".Length..].Trim()}", nodes[0].ReadLog("second"),
            StringComparison.Ordinal);

        await nodes[0].MustAsync("rm", "/var/lib/kadalu/manager/filler");
        await nodes[1].MustKadaluAsync("pool", "set", Pool, Option, "DEBUG");
        Assert.All(nodes, node => Assert.Equal("DEBUG", OptionOf(node)));
    }

    private static Task<string> PutOnSmallDiskAsync(ClusterMachine node, string directory) => node.MustAsync(
        "sh", "-ec", $"cp -a {directory} /srv/kept; mount -t tmpfs -o size=2m tmpfs {directory}; cp -a /srv/kept/. {directory}");

    private static Task<string> FillAsync(ClusterMachine node, string directory) => node.MustAsync(
        "sh", "-c", $"cat /dev/zero > {directory}/filler 2> /dev/null; test -s {directory}/filler");

    private static Task<string> CreateAsync(ClusterMachine node, string pool, params string[] more) => node.MustKadaluAsync(
        ["pool", "create", pool, "mirror", $"node1:/srv/{pool}", $"node2:/srv/{pool}", "--root-partition", "-y", .. more]);

    private static async Task<JsonNode?> FindAsync(ClusterMachine node, string pool) =>
        (await node.AskKadaluAsync("pool", "list")).AsArray().FirstOrDefault(found => (string?)found!["name"] == pool);

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private static int RevisionOf(ClusterMachine node) => (int)node.FindDefinition(Pool)!["revision"]!;

    private static string? OptionOf(ClusterMachine node) => (string?)node.FindDefinition(Pool)!["options"]?[Option];

    private static async Task<string> PidsAsync(ClusterMachine[] nodes) => string.Concat(
        await Task.WhenAll(nodes.Select(node => node.MustAsync("sh", "-ec", "cat /run/kadalu/*.srv-*.pid"))));
}
