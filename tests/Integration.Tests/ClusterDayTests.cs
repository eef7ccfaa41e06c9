using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What an operator does on a day, by commands of kadalu alone, typed on one machine.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterDayTests : IntegrationTest
{
    private const string Pool = "pool1";
    private const string Disk = "/srv/disk1";
    private const string Unit = Disk + "/u";
    private const int PeerUnreachable = 7;
    private const int Degraded = 20;

    private ClusterMachine[] _nodes = [];

    [Fact]
    public async Task A_day_with_a_new_pool_a_node_that_dies_a_disk_that_is_lost_and_a_node_that_goes()
    {
        _nodes = await ClusterMachine.CreateClusterAsync(Workspace, 4);
        ClusterMachine desk = _nodes[0];
        await Task.WhenAll(_nodes.Take(3).Select(MountDiskAsync));
        await desk.MustKadaluAsync(
            "pool", "create", Pool, "mirror", $"node1:{Unit}", $"node2:{Unit}", $"node3:{Unit}");
        await desk.MustAsync("mkdir", "/srv/m");
        await desk.MustKadaluAsync("pool", "mount", Pool, "/srv/m");
        await SeesWellAsync("the new pool is well");
        await WatchAsync(desk);

        // A client goes on writing when a node dies, and commands say what is the matter.
        await StartWritingAsync(desk);
        await _nodes[2].KillUnitsAsync("*");
        await WritesOnAsync(desk);
        JsonNode ill = await ExamineAsync(Degraded);
        Assert.Equal("agent", (string?)Wrong(ill, "node3").First()["check"]);
        Assert.Contains(Wrong(ill, "node1"), line => Said(line).Contains("node3 is not reached from here", StringComparison.Ordinal));
        Command list = await desk.KadaluAsync("pool", "list", "--status");
        Assert.Equal(Degraded, list.ExitCode);
        Assert.Contains("2 of 3", list.Output, StringComparison.Ordinal);
        Assert.Contains("started, degraded", list.Output, StringComparison.Ordinal);

        // What is changed meanwhile it gets when it is back.
        string[] set = ["pool", "set", Pool, "diagnostics.client-log-level", "DEBUG"];
        Assert.Equal(PeerUnreachable, (await desk.KadaluAsync(set)).ExitCode);
        await desk.MustKadaluAsync([.. set, "--offline-ok"]);
        await _nodes[2].StartAgentAsync();
        await SeesHealedAsync("the node that was away has everything again");
        await SeesWellAsync("the node that was away is well");
        Assert.Equal("DEBUG", (string?)_nodes[2].FindDefinition(Pool)!["options"]!["diagnostics.client-log-level"]);
        await EndWritingAsync(desk);

        // A disk is lost, and there is an empty one in its place.
        await _nodes[1].KillUnitsAsync($"{Pool}.node2.*");
        await _nodes[1].MustAsync("umount", "-l", Disk);
        await MountDiskAsync(_nodes[1]);
        Assert.Contains(
            Wrong(await ExamineAsync(Degraded), "node2"),
            line => (string?)line["check"] == "mounts" && Said(line).Contains(Unit, StringComparison.Ordinal));
        await desk.MustKadaluAsync("unit", "replace", Pool, $"node2:{Unit}");
        await SeesHealedAsync("the new disk has everything");

        await MountDiskAsync(_nodes[1], "/srv/disk2");
        await desk.MustKadaluAsync("pool", "create", "pool2", "node2:/srv/disk2/u");
        string detail = await desk.MustKadaluAsync("pool", "list", "--detail");
        Assert.Contains("pool2 has no copies", detail, StringComparison.Ordinal);
        Assert.Contains("node2:/srv/disk2/u", detail, StringComparison.Ordinal);

        await desk.MustKadaluAsync("node", "remove", "node4", "-y");
        Assert.Equal(3, (await desk.AskKadaluAsync("node", "list")).AsArray().Count);
        await SeesWellAsync("all is well in the evening");
        string files = await FilesAsync(_nodes[0]);
        Assert.NotEmpty(files);
        Assert.All(await Task.WhenAll(_nodes.Skip(1).Take(2).Select(FilesAsync)), other => Assert.Equal(files, other));
    }

    // A file system of its own, of which nothing is left when it is lost.
    private static Task<string> MountDiskAsync(ClusterMachine node) => MountDiskAsync(node, Disk);

    private static Task<string> MountDiskAsync(ClusterMachine node, string path) => node.MustAsync(
        "sh", "-ec", $"mkdir -p {path}; mount -t tmpfs -o size=200m tmpfs {path}");

    // On a terminal it draws in the same place, and Ctrl-C ends it with the exit code of what it shows. Some shells do not become the command that
    // they are given: Ctrl-C would end them as well, with a code of theirs.
    private static async Task WatchAsync(ClusterMachine node)
    {
        Command watched = await node.RunAsync("sh", "-c", """
            kadalu=$1
            (
              until [ "$(grep -c UNITS /srv/seen 2> /dev/null)" -ge 2 ]; do sleep 0.1; done
              printf '\003'
            ) | script -qefc "exec $kadalu pool list --status --watch 0.2" /srv/seen > /dev/null
            """, "sh", ClusterMachine.Program);
        string seen = await File.ReadAllTextAsync(node.Outside("/srv/seen"));
        Assert.True(watched.ExitCode == 0, $"exit code {watched.ExitCode}: {seen}");
        Assert.Contains("\u001b[H\u001b[J", seen, StringComparison.Ordinal);

        Command listed = await node.RunAsync("sh", "-c", """
            "$1" node list --watch 0.2 > /srv/listed & watching=$!
            until [ "$(grep -c NODE /srv/listed)" -ge 2 ]; do sleep 0.1; done
            kill -TERM $watching
            wait $watching
            """, "sh", ClusterMachine.Program);
        string lines = await File.ReadAllTextAsync(node.Outside("/srv/listed"));
        Assert.True(listed.ExitCode == 0, $"exit code {listed.ExitCode}: {lines}");
        Assert.DoesNotContain('\u001b', lines);
    }

    private static async Task StartWritingAsync(ClusterMachine node)
    {
        await node.MustAsync("sh", "-ec", """
            (
              i=0
              while [ ! -e /srv/enough ]; do
                i=$((i + 1))
                echo $i > /srv/m/$i && echo $i >> /srv/written || echo failed > /srv/failed
                sleep 0.2
              done
              touch /srv/ended
            ) < /dev/null > /dev/null 2>&1 &
            """);
        await WritesOnAsync(node);
    }

    private static async Task WritesOnAsync(ClusterMachine node)
    {
        string file = node.Outside("/srv/written");
        int before = Count(file);
        await Until.SoAsync("the client has written on", () => Count(file) > before);
    }

    private static int Count(string file) => File.Exists(file) ? File.ReadLines(file).Count() : 0;

    private static async Task EndWritingAsync(ClusterMachine node)
    {
        await node.MustAsync("touch", "/srv/enough");
        await Until.SoAsync("the client has ended", () => File.Exists(node.Outside("/srv/ended")));
        Assert.False(File.Exists(node.Outside("/srv/failed")), "the client could not write");
    }

    private static Task<string> FilesAsync(ClusterMachine node) => node.MustAsync(
        "sh", "-ec", $"cd {Unit}; for file in *; do echo $file $(cat $file); done | sort");

    private async Task<JsonNode> ExamineAsync(int code)
    {
        Command result = await _nodes[0].KadaluAsync("doctor", "--json");
        Assert.True(result.ExitCode == code, $"exit code {result.ExitCode}: {result.Error}{result.Output}");
        JsonNode report = JsonNode.Parse(result.Output)!;
        Assert.Equal(code == 0, (bool)report["isWell"]!);
        return report;
    }

    private static IEnumerable<JsonNode> Wrong(JsonNode report, string node) => report["lines"]!.AsArray().OfType<JsonNode>()
        .Where(line => (string?)line["node"] == node && (string?)line["verdict"] == "wrong");

    private static string Said(JsonNode line) => (string)line["said"]!;

    private Task<Command> SeesWellAsync(string words) => Until.SeesAsync(
        words, () => _nodes[0].KadaluAsync("doctor"), result => result.ExitCode == 0, () => _nodes[0].ReadLog("manager"));

    private Task<Command> SeesHealedAsync(string words) => Until.SeesAsync(
        words, () => _nodes[0].KadaluAsync("heal", "status", Pool), result => result.ExitCode == 0,
        () => _nodes[0].ReadLog("manager"));
}
