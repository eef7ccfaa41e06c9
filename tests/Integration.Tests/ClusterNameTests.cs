using System.Diagnostics;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Nodes and the manager get other names while a pool is in use.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterNameTests : IntegrationTest
{
    private const string Pool = "pool1";
    private const string Mount = "/mnt";

    [Fact]
    public async Task Nodes_and_the_manager_get_other_names_under_a_mount_that_is_written_to()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        ClusterMachine first = nodes[0];
        await first.MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition");
        await first.MustKadaluAsync("pool", "mount", Pool, Mount);
        await first.MustAsync("mkdir", $"{Mount}/written");
        string units = await PidsAsync(nodes);

        await RefuseStrangeNamesAsync(nodes);
        Process writer = first.Start(
            "sh", "-c",
            $"exec 3> {Mount}/open; i=0; while [ ! -e /srv/stop ]; do i=$((i+1)); echo $i > {Mount}/written/$i || exit 1; " +
            "echo $i >&3 || exit 1; sleep 0.1; done; echo $i > /srv/last");
        await RenameAsync(nodes);
        await RenameWhileOneIsAwayAsync(nodes);

        await first.MustAsync("touch", "/srv/stop");
        await writer.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, writer.ExitCode);
        string last = (await first.MustAsync("cat", "/srv/last")).Trim();
        Assert.Equal(last, (await first.MustAsync("sh", "-c", $"sort -n {Mount}/open | uniq | wc -l")).Trim());
        await SeeAsync($"all nodes have the {last} files", async () =>
            (await Task.WhenAll(nodes.Select(node => node.MustAsync("sh", "-c", "cat /srv/u/written/* | sort -n | uniq | wc -l"))))
                .All(count => count.Trim() == last), first);
        await WellAsync(first);
        Assert.Equal(units, await PidsAsync(nodes));

        // A unit that has died comes back as what it was.
        await nodes[1].KillUnitsAsync("*.srv-*");
        await first.MustKadaluAsync("pool", "start", Pool);
        await WellAsync(first);
        await nodes[1].MustAsync("test", "-e", $"/run/kadalu/{Pool}.node2.srv-u.control.sock");
        await first.MustAsync("umount", Mount);
        await MoveManagerAsync(nodes);
    }

    // A name that does not lead to the node for all nodes of the pool cuts off clients and heals.
    private static async Task RefuseStrangeNamesAsync(ClusterMachine[] nodes)
    {
        MustBeRefused(await nodes[0].KadaluAsync("node", "rename", "node2", "storage2"), "does not lead to node2");
        MustBeRefused(await nodes[0].KadaluAsync("node", "rename", "node2", "node3"), "there is a node node3 already");
        await CallAsync(nodes[0], nodes[1], "storage2");
        await CallAsync(nodes[1], nodes[1], "storage2");
        MustBeRefused(await nodes[0].KadaluAsync("node", "rename", "node2", "storage2"), "storage2 has no address");
        Assert.Equal("node1,node2,node3", await NamesAsync(nodes[0]));

        // Each node has an /etc/hosts of its own, and localhost is another machine on each.
        await CallAsync(nodes[2], nodes[0], "storage2");
        MustBeRefused(
            await nodes[0].KadaluAsync("node", "rename", "node2", "storage2", "--offline-ok"),
            $"from node3 storage2 leads to {nodes[0].Address}, and node2 is not found there");
        await nodes[2].MustAsync("sh", "-ec", "grep -v storage2 /etc/hosts > /tmp/hosts; cat /tmp/hosts > /etc/hosts");
        MustBeRefused(await nodes[0].KadaluAsync("node", "rename", "node1", "localhost"), "from node2 localhost leads to ");
        MustBeRefused(await nodes[0].KadaluAsync("cluster", "set", "--address", "localhost"), "from node2 localhost leads to ");
        MustBeRefused(await nodes[0].KadaluAsync("node", "set", "node1", "--address", "localhost"), "from node2 localhost leads to ");
        Assert.Equal("node1,node2,node3", await NamesAsync(nodes[0]));
        await CallAsync(nodes[2], nodes[1], "storage2");
    }

    private static async Task RenameAsync(ClusterMachine[] nodes)
    {
        Assert.Contains(
            "reach node2 as storage2", await nodes[2].MustKadaluAsync("node", "rename", "node2", "storage2", "--dry-run"),
            StringComparison.Ordinal);

        // Files that NFS clients have open would lose what is written to them.
        await nodes[1].MustAsync("sh", "-ec", "mkdir -p /etc/ganesha; mount -t tmpfs none /etc/ganesha");
        await nodes[1].MustAsync(
            "sh", "-ec", $"echo 'EXPORT {{ FSAL {{ Name = GLUSTER; Volume = \"{Pool}\"; }} }}' > /etc/ganesha/ganesha.conf");
        MustBeRefused(await nodes[2].KadaluAsync("node", "rename", "node2", "storage2"), "--disturb-exports");
        Assert.Equal("node1,node2,node3", await NamesAsync(nodes[0]));
        Assert.All(nodes, node => Assert.Equal("node1,node2,node3", UnitsOf(node)));
        await nodes[2].MustKadaluAsync("node", "rename", "node2", "storage2", "--disturb-exports");
        await nodes[1].MustAsync("umount", "/etc/ganesha");
        Assert.Equal("node1,node3,storage2", await NamesAsync(nodes[0]));
        Assert.All(nodes, node => Assert.Equal("node1,storage2,node3", UnitsOf(node)));
        await SeeAsync(
            "the mount connects to its units by the new name",
            async () => (await nodes[0].RunAsync("sh", "-c", $"cat {Mount}/.meta/graphs/active/*/options/remote-host"))
                .Output.Contains("storage2", StringComparison.Ordinal), nodes[0]);
        foreach (ClusterMachine node in nodes)
        {
            await SeeAsync(
                $"the self-heal daemon of {node.Name} connects to its units by the new name",
                async () => (await node.RunAsync(Workspace.Program, "status", $"shd.{Pool}", "--json")).Output
                    .Contains("storage2", StringComparison.Ordinal), node);
        }

        await SeeAsync(
            "the node knows its name",
            async () => (string?)(await nodes[1].AskKadaluAsync("node", "info"))["name"] == "storage2", nodes[1]);
        await WellAsync(nodes[0]);
        Assert.Contains(
            "storage2:/srv/u would miss", await nodes[0].MustKadaluAsync("node", "drain", "storage2", "--dry-run"),
            StringComparison.Ordinal);
        MustBeRefused(await nodes[0].KadaluAsync("node", "rename", "node2", "storage2"), "there is no node \"node2\"");
    }

    private static async Task RenameWhileOneIsAwayAsync(ClusterMachine[] nodes)
    {
        await Task.WhenAll(nodes.Select(node => CallAsync(node, nodes[0], "storage1")));
        await nodes[2].KillAgentAsync();
        string[] rename = ["node", "rename", "node1", "storage1"];
        MustBeRefused(await nodes[1].KadaluAsync(rename), "--offline-ok");
        Assert.Equal("node1,node3,storage2", await NamesAsync(nodes[1]));
        Assert.Contains(
            "kadalu cluster set --address storage1", await nodes[1].MustKadaluAsync([.. rename, "--offline-ok"]),
            StringComparison.Ordinal);
        Assert.Equal("node3,storage1,storage2", await NamesAsync(nodes[1]));
        Assert.Equal("storage1,storage2,node3", UnitsOf(nodes[0]));
        Assert.Equal("node1,storage2,node3", UnitsOf(nodes[2]));
        await nodes[2].StartAgentAsync();
        await SeeAsync(
            "the node that was away is told", () => Task.FromResult(UnitsOf(nodes[2]) == "storage1,storage2,node3"), nodes[0]);

        // There is nothing left to do.
        await nodes[1].MustKadaluAsync("node", "rename", "storage1", "storage1");
        Assert.All(
            (await nodes[1].AskKadaluAsync("node", "list")).AsArray(), node => Assert.Empty(node!["otherNames"]!.AsArray()));
    }

    private static async Task MoveManagerAsync(ClusterMachine[] nodes)
    {
        MustBeRefused(await nodes[2].KadaluAsync("cluster", "set", "--address", "node3"), "node3:24010");
        MustBeRefused(await nodes[2].KadaluAsync("cluster", "set", "--address", "a/b"), "is no name or address");
        await nodes[2].MustKadaluAsync("cluster", "set", "--address", "storage1");
        Assert.Equal("storage1", (string?)(await nodes[1].AskKadaluAsync("cluster", "info"))["host"]);
        foreach (ClusterMachine node in nodes)
        {
            await SeeAsync(
                $"{node.Name} asks the manager by its new name", async () => await ManagerOfAsync(node) == "storage1:24010", node);
        }

        // A node that does not know the name any more.
        ClusterMachine last = nodes[2];
        await last.MustAsync("sh", "-ec", "grep -v -e node1 -e storage1 /etc/hosts > /tmp/hosts; cat /tmp/hosts > /etc/hosts");
        await last.KillAgentAsync();
        await last.StartAgentAsync();
        Assert.NotEqual(0, (await last.KadaluAsync("node", "list")).ExitCode);
        MustBeRefused(await last.KadaluAsync("node", "set", "--manager", "storage2"), "storage2:24010");
        MustBeRefused(await last.KadaluAsync("node", "set", "node3", "--manager", nodes[0].Address), "on the node itself");
        await last.MustKadaluAsync("node", "set", "--manager", nodes[0].Address);
        Assert.Equal("node3,storage1,storage2", await NamesAsync(last));
        await SeeAsync(
            "it says that it does not find the manager where that says it is",
            () => Task.FromResult(last.ReadLog("agent").Contains("is not found there", StringComparison.Ordinal)), last);
        Assert.Equal(nodes[0].Address + ":24010", await ManagerOfAsync(last));
    }

    private static Task<string> CallAsync(ClusterMachine at, ClusterMachine node, string name) =>
        at.MustAsync("sh", "-ec", $"echo {node.Address} {name} >> /etc/hosts");

    private static async Task<string> NamesAsync(ClusterMachine node) => string.Join(
        ',', (await node.AskKadaluAsync("node", "list")).AsArray().Select(one => (string)one!["name"]!)
            .Order(StringComparer.Ordinal));

    private static async Task<string?> ManagerOfAsync(ClusterMachine node) =>
        (string?)(await node.AskKadaluAsync("node", "info"))["manager"];

    private static string UnitsOf(ClusterMachine node) => string.Join(
        ',', node.FindDefinition(Pool)!["distribute_groups"]![0]!["storage_units"]!.AsArray()
            .Select(unit => (string)unit!["node"]!["name"]!));

    private static async Task<string> PidsAsync(ClusterMachine[] nodes) => string.Concat(
        await Task.WhenAll(nodes.Select(node => node.MustAsync("sh", "-ec", "cat /run/kadalu/*.srv-*.pid"))));

    private static Task<Command> WellAsync(ClusterMachine node) => Until.SeesAsync(
        "the pool is well", () => node.KadaluAsync("pool", "status"), status => status.ExitCode == 0,
        () => node.ReadLog("manager"));

    private static Task<TimeSpan> SeeAsync(string what, Func<Task<bool>> isSo, ClusterMachine node) => Until.SoAsync(
        what, isSo, () => $"{node.ReadLog("manager")}\n{node.ReadLog("agent")}");
}
