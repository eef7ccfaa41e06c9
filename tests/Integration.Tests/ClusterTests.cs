using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Nodes with network, mounts, processes and names of their own, and pools over them by single commands.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterTests : IntegrationTest
{
    private const string Pool = "pool1";

    private static readonly Guid s_alone = Guid.NewGuid();

    [Fact]
    public async Task A_pool_over_three_nodes_lives_by_single_commands_typed_on_any_of_them()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 4);
        (ClusterMachine first, ClusterMachine third, ClusterMachine client) = (nodes[0], nodes[2], nodes[3]);
        Assert.Equal(4, (await third.AskKadaluAsync("node", "list")).AsArray().Count);

        await third.MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition");
        await MountAsync(client);
        await client.MustAsync("sh", "-ec", "echo hello > /mnt/f; sync /mnt/f");
        string ports = nodes[0].PortsOf(Pool);

        await first.MustKadaluAsync("pool", "set", Pool, "diagnostics.client-log-level", "DEBUG");
        Assert.All(nodes.Take(3), node => Assert.Equal(
            "DEBUG", (string?)node.FindDefinition(Pool)!["options"]!["diagnostics.client-log-level"]));
        MustBeRefused(await first.KadaluAsync("pool", "set", Pool, "performance.cache-size", "much"), "node2");
        Assert.Equal("2", string.Join(",", nodes.Take(3).Select(RevisionOf).Distinct()));

        MustBeRefused(await first.KadaluAsync("pool", "stop", Pool), "-y");
        MustBeRefused(await first.KadaluAsync("pool", "delete", Pool, "-y"), "stop");
        await client.MustAsync("umount", "/mnt");
        await client.MustKadaluAsync("pool", "stop", Pool, "-y");
        await first.MustKadaluAsync("pool", "start", Pool);
        await MountAsync(client);
        Assert.Equal("hello", (await client.MustAsync("cat", "/mnt/f")).Trim());
        await client.MustAsync("umount", "/mnt");
        await first.MustKadaluAsync("pool", "stop", Pool, "--mode=script");
        await third.MustKadaluAsync("pool", "delete", Pool, "-y");
        Assert.All(nodes, node => Assert.Null(node.FindDefinition(Pool)));
        Assert.Empty((await client.AskKadaluAsync("pool", "list")).AsArray());

        // Everything that it had is free.
        await first.MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/v", "node2:/srv/v", "node3:/srv/v", "--root-partition");
        Assert.Equal(ports, nodes[0].PortsOf(Pool));

        // Nobody else was told.
        Assert.False(Directory.Exists(client.Outside("/var/lib/kadalu/generations")));
    }

    [Theory]
    [LongData("task: noted")]
    [InlineData("task: Checking is done")]
    [LongData("task: Changing begins")]
    [InlineData("task: Changing is done")]
    [LongData("task: Running begins")]
    public async Task A_manager_that_is_killed_in_a_creation_goes_on_with_it_when_it_is_back(string place)
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[0].KillManagerAsync();
        await nodes[0].StartManagerAsync(("KADALU_FSD_DIE_AT", place));
        Command killed = await CreateMirrorAsync(nodes[1]);
        Assert.NotEqual(0, killed.ExitCode);
        await nodes[0].StartManagerAsync();
        await nodes[1].MustKadaluAsync("task", "wait", "1");
        Assert.Equal("started", (string?)(await nodes[0].AskKadaluAsync("pool", "list"))[0]!["state"]);
        Assert.All(nodes, node => Assert.Equal("started", (string?)node.FindDefinition(Pool)!["local"]!["state"]));
    }

    [Fact]
    public async Task A_step_that_is_killed_on_one_node_is_undone_everywhere_and_leaves_nothing()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[1].KillAgentAsync();
        await nodes[1].StartAgentAsync(("KADALU_FSD_DIE_AT", "a pool is noted"));
        MustBeRefused(await CreateMirrorAsync(nodes[0]), "node2: the step was interrupted");
        Assert.Null(nodes[0].FindDefinition(Pool));
        await nodes[1].KillAgentAsync();
        await nodes[1].StartAgentAsync();
        await Until.SoAsync(
            "the node that could not undo it is told", () => nodes[1].FindDefinition(Pool) is null, () => nodes[0].ReadLog("manager"));
        await Until.SoAsync(
            "the pool is gone", async () => (await nodes[0].AskKadaluAsync("pool", "list")).AsArray().Count == 0,
            () => nodes[0].ReadLog("manager"));
        Assert.Equal(0, (await CreateMirrorAsync(nodes[0])).ExitCode);
    }

    [Fact]
    public async Task A_step_that_comes_again_while_it_is_being_carried_out_is_carried_out_once_and_one_that_hangs_can_be_abandoned()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        Assert.Equal(0, (await CreateMirrorAsync(nodes[0])).ExitCode);
        await HoldAsync(nodes[1]);
        Task<Command> stopping = nodes[0].KadaluAsync("pool", "stop", Pool, "-y");
        await SaysAsync(nodes[0], "2", "node2: the pool \"pool1\" is being changed");
        await nodes[1].KillAgentAsync();
        await nodes[1].StartAgentAsync();
        await SaysAsync(nodes[0], "2", "node2: an earlier step of pool1 is being carried out");
        await LetGoAsync(nodes[1]);
        Command stopped = await stopping;
        Assert.True(stopped.ExitCode == 0, stopped.Error);

        await HoldAsync(nodes[1]);
        Task<Command> starting = nodes[0].KadaluAsync("pool", "start", Pool);
        await SaysAsync(nodes[0], "3", "node2: the pool \"pool1\" is being changed");
        Assert.NotEqual(0, (await nodes[1].KadaluAsync("task", "abandon", "3")).ExitCode);
        Assert.Contains("node2: away, and told when back", (await starting).Error, StringComparison.Ordinal);
        await LetGoAsync(nodes[1]);
        await Until.SeesAsync(
            "the pool is well", () => nodes[1].KadaluAsync("pool", "status"), status => status.ExitCode == 0,
            () => nodes[0].ReadLog("manager"));
    }

    [Fact]
    public async Task A_node_that_was_away_gets_the_newest_definition_before_its_units_serve_also_without_the_manager()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        await nodes[0].MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition");
        await nodes[2].ConnectAsync(isConnected: false);
        string[] set = ["pool", "set", Pool, "diagnostics.client-log-level", "DEBUG"];
        MustBeRefused(await nodes[0].KadaluAsync(set), "--offline-ok");
        Assert.Equal(1, RevisionOf(nodes[0]));
        Assert.Contains("node3: away", await nodes[0].MustKadaluAsync([.. set, "--offline-ok"]), StringComparison.Ordinal);
        Assert.Equal((2, 2, 1), (RevisionOf(nodes[0]), RevisionOf(nodes[1]), RevisionOf(nodes[2])));

        // Its agent does not run, and the manager neither: the other node of the pool knows.
        await nodes[2].KillAgentAsync();
        await nodes[0].KillManagerAsync();
        await nodes[2].ConnectAsync(isConnected: true);
        await nodes[2].MustAsync(Workspace.Program, "may-start", $"{Pool}.node3.srv-u");
        Assert.Equal(2, RevisionOf(nodes[2]));
        Assert.Contains(
            "log-level DEBUG", await File.ReadAllTextAsync(nodes[2].Outside($"/var/lib/kadalu/volfiles/{Pool}.vol")),
            StringComparison.Ordinal);

        // The rest the manager tells it.
        await nodes[0].StartManagerAsync();
        await nodes[2].StartAgentAsync();
        await Until.SoAsync(
            "all nodes have everything",
            async () => (await nodes[0].AskKadaluAsync("pool", "list"))[0]!["behind"]!.AsArray().Count == 0 &&
                !(bool)nodes[2].FindDefinition(Pool)!["local"]!["changing"]!,
            () => nodes[0].ReadLog("manager"));

        // The self-heal daemons may have been told a moment ago.
        await Until.SeesAsync(
            "the pool is well", () => nodes[1].KadaluAsync("pool", "status"), status => status.ExitCode == 0,
            () => nodes[0].ReadLog("manager"));
    }

    [Fact]
    public async Task Units_are_restarted_one_after_the_other_and_replaced_from_any_node_while_a_client_writes()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        await nodes[0].MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition");
        await MountAsync(nodes[0]);
        await nodes[0].MustAsync("sh", "-ec", "mkdir /mnt/d; for i in $(seq 20); do echo $i > /mnt/d/$i; done; sync -f /mnt/d");
        string before = string.Concat(await Task.WhenAll(nodes.Select(PidsAsync)));
        string said = await nodes[1].MustKadaluAsync("pool", "restart", Pool, "--rolling");
        Assert.All(nodes, node => Assert.Contains($"{node.Name}:/srv/u is restarted", said, StringComparison.Ordinal));
        string after = string.Concat(await Task.WhenAll(nodes.Select(PidsAsync)));
        Assert.DoesNotContain(Pids(after), Pids(before).Contains);
        await nodes[0].MustAsync("sh", "-ec", "echo more > /mnt/d/more; cat /mnt/d/20");

        // A disk is lost, and another one is there.
        await nodes[1].KillUnitsAsync($"{Pool}.node2.srv-u");
        await nodes[1].MustAsync("sh", "-ec", "rm -rf /srv/u; mkdir /srv/u");
        await nodes[0].MustAsync("sh", "-ec", "echo missed > /mnt/d/missed");
        MustBeRefused(await nodes[2].KadaluAsync("unit", "replace", Pool, "node2:/srv/v"), "has no unit node2:/srv/v");
        string[] replace = ["unit", "replace", Pool, "node2:/srv/u"];
        Command plan = await nodes[2].KadaluAsync([.. replace, "--dry-run"]);
        Assert.NotEqual(0, plan.ExitCode);
        Assert.Contains("not possible:", plan.Output, StringComparison.Ordinal);
        await nodes[2].MustKadaluAsync([.. replace, "--root-partition", "--dry-run"]);
        await nodes[2].MustKadaluAsync([.. replace, "--root-partition"]);
        Assert.Equal("missed", (await nodes[1].MustAsync("cat", "/srv/u/d/missed")).Trim());
        Assert.Equal("20", (await nodes[1].MustAsync("cat", "/srv/u/d/20")).Trim());
        Assert.Equal(3, (await nodes[2].AskKadaluAsync("unit", "list")).AsArray().Count(
            unit => (string?)unit!["unit"]!["state"] == "ready"));
        MustBeRefused(await nodes[0].KadaluAsync("pool", "restart", Pool), "--rolling");

        // A unit that is killed while it is waited for is not waited for without end.
        await nodes[2].MustKadaluAsync("pool", "set", Pool, "cluster.self-heal-daemon", "off");
        await nodes[1].KillUnitsAsync($"{Pool}.node2.srv-u");
        await nodes[1].MustAsync("sh", "-ec", "rm -rf /srv/u; mkdir /srv/u");
        Task<Command> replacing = nodes[2].KadaluAsync([.. replace, "--root-partition"]);
        await Until.SoAsync(
            "the unit runs on its empty directory",
            async () => (await nodes[0].AskKadaluAsync("task", "list")).AsArray()[0]! is var task &&
                ((string?)task["what"])?.StartsWith("replace", StringComparison.Ordinal) == true && (string?)task["state"] == "done");
        await nodes[1].KillUnitsAsync($"{Pool}.node2.srv-u");
        Command waited = await replacing;
        Assert.True(
            waited.ExitCode == 20 && waited.Error.Contains("node2:/srv/u is not healed: it is down: ", StringComparison.Ordinal),
            $"{waited.ExitCode}: {waited.Error}{waited.Output}");
    }

    [Fact]
    public async Task Pools_that_nodes_had_are_taken_over_when_all_of_their_nodes_have_joined()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateAsync(Workspace, 2);
        foreach (ClusterMachine node in nodes)
        {
            await MakeAloneAsync(
                node, 1, "create", """{"mayShareNodes": false, "mayBeOnRoot": true, "existing": "refuse"}""", revision: 1, "{}");
            await StepAloneAsync(node, 2, "start", "\"mayDisturbExports\": false");
        }

        await MakeAloneAsync(
            nodes[0], 3, "change", """{"restart": false, "mayDisturbExports": false}""", revision: 2,
            """{"diagnostics.client-log-level": "DEBUG"}""");
        string units = await PidsAsync(nodes[0]) + await PidsAsync(nodes[1]);

        await Task.WhenAll(nodes.Select(node => node.StartAgentAsync()));
        await nodes[0].MustKadaluAsync("cluster", "create");
        await SeesAsync(nodes[0], "node2");
        await nodes[1].MustKadaluAsync("node", "join", (await nodes[0].MustKadaluAsync("node", "token")).Trim());

        // One of them was changed alone.
        await SeesAsync(nodes[0], "different definitions");
        await nodes[1].MustKadaluAsync("pool", "adopt", Pool, "--from", "node1", "-y");
        await Until.SoAsync(
            "both have the same",
            () => nodes.All(node => (string?)node.FindDefinition(Pool)!["options"]!["diagnostics.client-log-level"] == "DEBUG" &&
                RevisionOf(node) == RevisionOf(nodes[0])),
            () => nodes[0].ReadLog("manager"));
        await nodes[1].MustKadaluAsync("pool", "set", Pool, "diagnostics.client-log-level", "INFO");
        Assert.Equal(units, await PidsAsync(nodes[0]) + await PidsAsync(nodes[1]));
    }

    [Fact]
    public async Task Pools_that_are_made_at_the_same_time_do_not_get_into_each_others_way()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(number => nodes[number % 2].MustKadaluAsync(
            "pool", "create", $"pool{number}", "mirror", $"node1:/srv/u{number}", $"node2:/srv/u{number}", "--root-partition",
            "-y", "--no-start")));

        // A report that a node had begun before it was told of a pool comes late on a busy machine: then it is told once more.
        await Until.SoAsync(
            "all of them are there, and nothing is done with them any more",
            async () => (await nodes[0].AskKadaluAsync("pool", "list")).AsArray().Count(pool => pool!["task"] is null) == 4,
            () => nodes[0].ReadLog("manager"));

        // Of two that change one pool, one does it, or both do, one after the other.
        Command[] both = await Task.WhenAll(nodes.Select(node => node.KadaluAsync("pool", "start", Pool)));
        Assert.Contains(both, one => one.ExitCode == 0);
        Assert.All(both, one => Assert.True(
            one.ExitCode == 0 || one.Error.Contains("changes pool1 now", StringComparison.Ordinal) ||
            one.Error.Contains("try again", StringComparison.Ordinal), one.Error));
    }

    // As versions had it that knew of no clusters: each node by itself.
    private static Task<string> MakeAloneAsync(ClusterMachine node, int task, string what, string terms, int revision, string options)
    {
        string definition = $$$"""
            {"name": "{{{Pool}}}", "id": "{{{s_alone}}}", "port": 24199, "revision": {{{revision}}}, "options": {{{options}}},
             "distribute_groups": [{"replica_count": 2, "storage_units": [
                {"path": "/srv/u", "port": 24200, "node": {"name": "node1"}}, {"path": "/srv/u", "port": 24200, "node": {"name": "node2"}}]}],
             "auth": {"username": "{{{s_alone}}}", "password": "{{{s_alone}}}"}}
            """;
        return StepAloneAsync(node, task, what, $"\"definition\": {definition}, \"terms\": {terms}");
    }

    private static Task<string> StepAloneAsync(ClusterMachine node, int task, string what, string more) => node.MustAsync(
        "sh", "-ec", "printf %s \"$2\" | \"$1\" step", "sh", Workspace.Program, $$$"""
            {"do": "{{{what}}}", "pool": "{{{Pool}}}", "poolId": "{{{s_alone}}}",
             "turn": {"generation": {{{task}}}, "task": "{{{new Guid(task, 0, 0, new byte[8])}}}", "stage": 1}, {{{more}}}}
            """);

    // As a command does that changes the pool.
    private static async Task HoldAsync(ClusterMachine node)
    {
        await node.MustAsync("sh", "-ec", """
            mkdir -p -m 700 /run/kadalu/changes/pool1
            rm -f /srv/held
            flock -o /run/kadalu/changes/pool1 sh -c 'echo $PPID > /srv/holder; touch /srv/held; exec sleep 1000' < /dev/null > /dev/null 2>&1 &
            while [ ! -e /srv/held ]; do sleep 0.02; done
            """);
    }

    private static Task<string> LetGoAsync(ClusterMachine node) => node.MustAsync("sh", "-ec", "kill $(cat /srv/holder)");

    private static Task<TimeSpan> SaysAsync(ClusterMachine node, string task, string line) => Until.SoAsync(
        $"the task {task} says: {line}",
        async () => (await node.KadaluAsync("task", "show", task)).Output.Contains(line, StringComparison.Ordinal),
        () => node.ReadLog("manager"));

    private static Task<TimeSpan> SeesAsync(ClusterMachine node, string problem) => Until.SoAsync(
        $"the pool is not taken over: {problem}",
        async () => (await node.MustKadaluAsync("pool", "list")).Contains(problem, StringComparison.Ordinal),
        () => node.ReadLog("manager"));

    private static Task<string> PidsAsync(ClusterMachine node) => node.MustAsync("sh", "-ec", $"cat /run/kadalu/{Pool}.*.pid");

    private static string[] Pids(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Task<Command> CreateMirrorAsync(ClusterMachine node) => node.KadaluAsync(
        "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y");

    private static async Task MountAsync(ClusterMachine client) => await client.MustAsync(
        "sh", "-ec",
        $"mkdir -p /mnt; glusterfs --volfile-server=node2 --volfile-server-port=24199 --volfile-id={Pool} -l /var/log/kadalu/mount.log /mnt; ls /mnt");

    private static int RevisionOf(ClusterMachine node) => (int)node.FindDefinition(Pool)!["revision"]!;
}
