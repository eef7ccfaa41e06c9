using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>How machines come into a cluster, and how one of them is worked on.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterNodeTests : IntegrationTest
{
    private const string Pool = "pool1";
    private const string TokenFile = "/etc/kadalu/join-token";

    [Fact]
    public async Task Machines_join_by_a_file_and_by_ssh_and_one_is_drained_and_resumed()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateAsync(Workspace, 3);
        (ClusterMachine first, ClusterMachine second, ClusterMachine third) = (nodes[0], nodes[1], nodes[2]);
        await Task.WhenAll(nodes.Select(node => node.StartAgentAsync()));
        await first.MustKadaluAsync("cluster", "create");

        // A token that others can read is not used.
        string file = second.Outside(TokenFile);
        await File.WriteAllTextAsync(file, await first.MustKadaluAsync("node", "token"));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await Until.SoAsync(
            "the agent says that others can read it",
            () => second.ReadLog("agent").Contains("others than root can read", StringComparison.Ordinal));
        Assert.Single((await first.AskKadaluAsync("node", "list")).AsArray());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Until.SoAsync(
            "the second node is in the cluster, and the file is gone",
            async () => !File.Exists(file) && (await first.AskKadaluAsync("node", "list")).AsArray().Count == 2,
            () => second.ReadLog("agent"));

        // Nobody can be reached by ssh there, and nothing is done.
        string[] create = ["pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition"];
        MustBeRefused(await first.KadaluAsync("node", "add", "node3"), "ssh node3");
        MustBeRefused(await first.KadaluAsync(create), "node3");
        await SshServer.StartAsync(Workspace, third, first);
        await first.MustKadaluAsync([.. create, "--auto-add-nodes", "--mode=script"]);
        Assert.Contains("already", await first.MustKadaluAsync("node", "add", "node3"), StringComparison.Ordinal);
        await Until.SoAsync(
            "each node says how full its unit's disk is",
            async () => (await first.AskKadaluAsync("node", "list")).AsArray()
                .All(node => node!["disks"]!.AsArray().Any(disk => (string?)disk!["path"] == "/srv/u")));

        await DrainAsync(first, third);
    }

    [Fact]
    public Task A_pool_over_nodes_with_systemd_goes_on_without_one_of_them_and_without_the_managers_node() =>
        PoolOverNodes.RunAsync(Workspace, 3, "mirror n1 n2 n3", hasCopies: true);

    private static async Task DrainAsync(ClusterMachine first, ClusterMachine third)
    {
        await first.MustKadaluAsync("pool", "mount", Pool, "/mnt");
        await first.MustAsync("sh", "-ec", "echo before > /mnt/before; sync /mnt/before");
        MustBeRefused(await first.KadaluAsync("node", "drain", "node4"), "there is no node");
        Assert.Contains(
            "node1:/srv/u, node2:/srv/u go on", await first.MustKadaluAsync("node", "drain", "node3", "--dry-run"),
            StringComparison.Ordinal);
        Assert.Equal(["ready", "ready", "ready"], await StatesAsync(first));
        await DrainHalfAsync(first, third);
        await first.MustKadaluAsync("node", "drain", "node3");
        Assert.Equal(["ready", "ready", "down"], await StatesAsync(first));
        Assert.Contains("up, drained", await first.MustKadaluAsync("node", "list"), StringComparison.Ordinal);
        Assert.Contains(
            "node3:/srv/u is down: node3 was drained (kadalu node resume node3 starts it)",
            (await first.KadaluAsync("pool", "status", Pool)).Output, StringComparison.Ordinal);
        await TableIsWholeAsync(first);
        Assert.Equal("before\n", await File.ReadAllTextAsync(third.Outside("/srv/u/before")));
        await StaysDrainedAsync(first, third);
        await first.MustAsync("sh", "-ec", "echo after > /mnt/after; sync /mnt/after");
        Assert.False(File.Exists(third.Outside("/srv/u/after")));

        // A second one would take the pool from its clients, and waits for the first one anyway.
        MustBeRefused(await first.KadaluAsync("node", "drain", "node2"), "of its 3 units 2 must be there");
        await first.MustKadaluAsync("node", "resume", "node3");
        await Until.SeesAsync(
            "the pool is well", () => first.KadaluAsync("pool", "status"), status => status.ExitCode == 0,
            () => first.ReadLog("manager"));
        Assert.Equal("after\n", await File.ReadAllTextAsync(third.Outside("/srv/u/after")));
        await first.MustAsync("umount", "/mnt");
    }

    // It is drained as far as it is, although the task has failed.
    private static async Task DrainHalfAsync(ClusterMachine first, ClusterMachine third)
    {
        await RestartAgentAsync(third, "a unit is stopped");
        MustBeRefused(await first.KadaluAsync("node", "drain", "node3"), "node3: the step was interrupted");
        await ListsAsync(first, "up, drained");
        Assert.Equal(["ready", "ready", "down"], await StatesAsync(first));
        await RestartAgentAsync(third);
        await first.MustKadaluAsync("node", "resume", "node3");
        await ListsAsync(first, "up  ");
        Assert.Equal(["ready", "ready", "ready"], await StatesAsync(first));

        // Nothing was stopped yet: it is not drained, whatever it has noted.
        await RestartAgentAsync(third, "a drain is noted");
        MustBeRefused(await first.KadaluAsync("node", "drain", "node3"), "node3: the step was interrupted");
        await RestartAgentAsync(third);
        await Until.SoAsync(
            "nothing is healed", async () => (await first.KadaluAsync("heal", "status", Pool)).ExitCode == 0,
            () => third.ReadLog("agent"));
        Assert.Equal(["ready", "ready", "ready"], await StatesAsync(first));
        Assert.DoesNotContain("drained", await first.MustKadaluAsync("node", "list"), StringComparison.Ordinal);
    }

    // Neither a change that is interrupted there nor a definition that is lost starts what was drained.
    private static async Task StaysDrainedAsync(ClusterMachine first, ClusterMachine third)
    {
        await RestartAgentAsync(third, "a change is noted");
        MustBeRefused(
            await first.KadaluAsync("pool", "set", Pool, "diagnostics.client-log-level", "DEBUG"),
            "node3: the step was interrupted");
        await RestartAgentAsync(third);
        await CatchesUpAsync(first, third);
        await third.MustAsync("rm", $"/var/lib/kadalu/pools/{Pool}.json");
        await CatchesUpAsync(first, third);
        Assert.Equal("started", (string?)third.FindDefinition(Pool)!["local"]!["state"]);
        await ListsAsync(first, "up, drained");
    }

    private static async Task CatchesUpAsync(ClusterMachine first, ClusterMachine third)
    {
        await Until.SoAsync(
            "the node has what the pool is to be",
            async () => third.FindDefinition(Pool) is { } there && (bool?)there["local"]!["changing"] != true &&
                (await first.AskKadaluAsync("pool", "info", Pool))[0] is { } pool && (long?)pool["task"] is null &&
                pool["nodes"]!.AsArray().All(node => !(bool)node!["isBehind"]!),
            () => $"{first.ReadLog("manager")}\n{third.ReadLog("agent")}");
        Assert.Equal(["ready", "ready", "down"], await StatesAsync(first));
    }

    private static async Task RestartAgentAsync(ClusterMachine node, string? dieAt = null)
    {
        await node.KillAgentAsync();
        await (dieAt is null ? node.StartAgentAsync() : node.StartAgentAsync(("KADALU_FSD_DIE_AT", dieAt)));
    }

    private static Task<Command> ListsAsync(ClusterMachine node, string state) => Until.SeesAsync(
        $"the third node is {state.Trim()}", () => node.KadaluAsync("node", "list"),
        list => list.Output.Split('\n').Any(line =>
            line.StartsWith("node3", StringComparison.Ordinal) && line.Contains(state, StringComparison.Ordinal)),
        () => node.ReadLog("manager"));

    // On a terminal that is too narrow for it.
    private static async Task TableIsWholeAsync(ClusterMachine node)
    {
        string shown = await node.MustAsync(
            "script", "-qec", $"stty cols 60; {ClusterMachine.Program} node list", "/dev/null");
        Assert.Matches(@"NODE +STATE +LAST SEEN +VERSION +CLOCK +POOLS +DISKS +ID", shown);
        Assert.Matches("node3 +up, drained ", shown);
    }

    private static async Task<string[]> StatesAsync(ClusterMachine node)
    {
        JsonNode status = JsonNode.Parse((await node.KadaluAsync("pool", "status", Pool, "--json")).Output)!;
        return [.. status[0]!["units"]!.AsArray().Select(unit => (string)unit!["state"]!)];
    }
}
