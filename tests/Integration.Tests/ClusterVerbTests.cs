using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Commands on pools of a cluster that are typed once in a pool's life.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterVerbTests : IntegrationTest
{
    private const int Usage = 2;
    private const int Degraded = 20;

    [Fact]
    public async Task A_pool_says_who_may_mount_it_and_is_renamed_with_its_files_on_all_of_its_nodes()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        string[] units = ["mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y"];
        MustBeRefused(
            await nodes[0].KadaluAsync(["pool", "create", "pool1", .. units, "--allow", "10.97.0.1;10.97.0.2"]), Usage,
            "--allow: \"10.97.0.1;10.97.0.2\" is not a list");
        string open = await nodes[0].MustKadaluAsync("pool", "create", "pool0", "node1:/srv/open", "--root-partition", "--no-start");
        Assert.Contains("kadalu pool set pool0 auth.allow", open, StringComparison.Ordinal);
        string closed = await nodes[0].MustKadaluAsync(["pool", "create", "pool1", .. units, "--allow", nodes[0].Address]);
        Assert.DoesNotContain("everybody", closed, StringComparison.Ordinal);
        Assert.Equal(nodes[0].Address, (string?)nodes[1].FindDefinition("pool1")!["options"]!["auth.allow"]);
        await nodes[0].MustAsync("mkdir", "/srv/m");
        await nodes[1].MustAsync("mkdir", "/srv/m");
        Assert.NotEqual(0, (await nodes[1].KadaluAsync("pool", "mount", "pool1", "/srv/m")).ExitCode);
        await nodes[0].MustKadaluAsync("pool", "mount", "pool1", "/srv/m");
        await nodes[0].MustAsync("sh", "-ec", "echo hello > /srv/m/f; sync -f /srv/m");

        // It holds for who has mounted it already, too.
        await nodes[0].MustKadaluAsync("pool", "set", "pool1", "auth.allow", nodes[1].Address);
        Assert.NotEqual(0, (await nodes[0].RunAsync("timeout", "30", "cat", "/srv/m/f")).ExitCode);
        await nodes[0].RunAsync("umount", "-l", "/srv/m");

        MustBeRefused(await nodes[0].KadaluAsync("pool", "rename", "pool1", "pool2"), "kadalu pool stop pool1");
        await nodes[0].MustKadaluAsync("pool", "stop", "pool1", "-y");
        MustBeRefused(await nodes[0].KadaluAsync("pool", "rename", "pool1", "pool0"), "there is a pool \"pool0\" already");
        MustBeRefused(await nodes[0].KadaluAsync("pool", "rename", "pool1", "a/b"), Usage, "letters, digits");
        Assert.Contains(
            "call it pool2", await nodes[0].MustKadaluAsync("pool", "rename", "pool1", "pool2", "--dry-run"), StringComparison.Ordinal);
        string ports = nodes[0].PortsOf("pool1");
        await nodes[1].MustKadaluAsync("pool", "rename", "pool1", "pool2");
        Assert.All(nodes, node => IsCalled(node, "pool2", "pool1"));
        Assert.Equal(ports, nodes[1].PortsOf("pool2"));
        await nodes[0].MustKadaluAsync("pool", "start", "pool2");
        await nodes[1].MustKadaluAsync("pool", "mount", "pool2", "/srv/m");
        Assert.Equal("hello\n", await nodes[1].MustAsync("cat", "/srv/m/f"));
        await nodes[1].MustAsync("umount", "/srv/m");

        // The name that it had is free.
        await nodes[0].MustKadaluAsync("pool", "create", "pool1", "node1:/srv/v", "--root-partition", "--no-start");
        await nodes[0].MustKadaluAsync("pool", "stop", "pool2", "-y");
        await nodes[1].ConnectAsync(isConnected: false);
        MustBeRefused(await nodes[0].KadaluAsync("pool", "rename", "pool2", "pool3"), "--offline-ok");
        Assert.Contains(
            "told when back", await nodes[0].MustKadaluAsync("pool", "rename", "pool2", "pool3", "--offline-ok"),
            StringComparison.Ordinal);
        IsCalled(nodes[0], "pool3", "pool2");
        IsCalled(nodes[1], "pool2", "pool3");
        await nodes[1].ConnectAsync(isConnected: true);
        await BecomesAsync(nodes, "pool3", "pool2");
    }

    [Fact]
    public async Task A_rename_that_is_killed_on_one_node_is_taken_back_everywhere_wherever_that_was()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[0].MustKadaluAsync(
            "pool", "create", "pool1", "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y", "--no-start");
        string[] places = ["a new name is noted", "an old name is forgotten", "an old definition is gone"];
        foreach (string place in places)
        {
            await nodes[1].KillAgentAsync();
            await nodes[1].StartAgentAsync(("KADALU_FSD_DIE_AT", place));
            MustBeRefused(await nodes[0].KadaluAsync("pool", "rename", "pool1", "pool2"), "node2: the step was interrupted");
            IsCalled(nodes[0], "pool1", "pool2");
            await nodes[1].KillAgentAsync();
            await nodes[1].StartAgentAsync();
            await BecomesAsync(nodes, "pool1", "pool2");
        }

        await nodes[0].MustKadaluAsync("pool", "rename", "pool1", "pool2");
        Assert.All(nodes, node => IsCalled(node, "pool2", "pool1"));
        await nodes[0].MustKadaluAsync("pool", "delete", "pool2", "-y");
    }

    [Fact]
    public async Task A_volume_of_glusterd_becomes_a_pool_with_its_files_its_id_and_its_options()
    {
        ClusterMachine node = (await ClusterMachine.CreateClusterAsync(Workspace, 1))[0];
        await StartGlusterdAsync(node);
        await GlusterAsync(
            node, "volume", "create", "vol1", "replica", "2", "node1:/srv/a", "node1:/srv/b", "node1:/srv/c", "node1:/srv/d", "force");
        await GlusterAsync(node, "volume", "set", "vol1", "performance.cache-size", "64MB");
        await GlusterAsync(node, "volume", "set", "vol1", "user.note", "hello");
        await GlusterAsync(node, "volume", "start", "vol1");
        await node.MustAsync("mkdir", "/srv/m");
        await node.MustAsync("glusterfs", "--volfile-server=node1", "--volfile-id=vol1", "-l", "/var/log/kadalu/m.log", "/srv/m");
        await node.MustAsync(
            "sh", "-ec",
            "cd /srv/m; mkdir -p d/e; for i in 1 2 3 4 5 6 7 8; do echo $i > d/e/$i; mv d/e/$i d/e/moved-$i; done; " +
            "chown 7:8 d/e/moved-1; chmod 0640 d/e/moved-1; setfattr -n user.a -v b d/e/moved-2; ln -s e d/link; sync -f .");
        string before = await ListAsync(node);
        await node.MustAsync("umount", "/srv/m");
        string[] import = ["pool", "import", "vol1", "--root-partition", "--same-node", "--skip-options"];
        MustBeRefused(await node.KadaluAsync(import), "gluster volume stop vol1");
        string xml = await GlusterAsync(node, "volume", "info", "vol1", "--xml");
        await GlusterAsync(node, "volume", "stop", "vol1");
        MustBeRefused(await node.KadaluAsync("pool", "import", "vol1"), "user.note hello (--skip-options");

        // The document says that it is stopped, and one of its bricks is served nevertheless.
        await File.WriteAllTextAsync(
            node.Outside("/srv/vol1.xml"), xml.Replace("<status>1</status>", "<status>2</status>", StringComparison.Ordinal));
        await GlusterAsync(node, "volume", "start", "vol1");
        Command served = await node.KadaluAsync([.. import, "--xml", "/srv/vol1.xml", "--dry-run"]);
        Assert.NotEqual(0, served.ExitCode);
        Assert.Matches("node1: not possible: .*serves /srv/a", served.Output.ReplaceLineEndings(" "));
        await GlusterAsync(node, "volume", "stop", "vol1");

        Assert.Contains(
            "unit /srv/a", await node.MustKadaluAsync([.. import, "--dry-run"]), StringComparison.Ordinal);
        Assert.Null(node.FindDefinition("vol1"));
        Assert.Contains("left out: user.note", await node.MustKadaluAsync(import), StringComparison.Ordinal);
        JsonNode definition = node.FindDefinition("vol1")!;
        Assert.Contains((string)definition["id"]!, xml, StringComparison.Ordinal);
        Assert.Equal("64MB", (string?)definition["options"]!["performance.cache-size"]);
        Assert.Null(definition["options"]!["nfs.disable"]);
        await GlusterAsync(node, "volume", "delete", "vol1");
        await node.MustKadaluAsync("pool", "mount", "vol1", "/srv/m");
        Assert.Equal(before, await ListAsync(node));
        await node.MustAsync("sh", "-ec", "echo more > /srv/m/d/e/more; sync -f /srv/m; umount /srv/m");
        await node.MustKadaluAsync("pool", "status", "vol1");
    }

    [Fact]
    public async Task A_scrub_tells_copies_that_differ_and_what_only_waits_for_a_heal()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 2);
        await nodes[0].MustKadaluAsync(
            "pool", "create", "pool1", "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y");
        await nodes[0].MustAsync("mkdir", "/srv/m");
        await nodes[0].MustKadaluAsync("pool", "mount", "pool1", "/srv/m");
        await nodes[0].MustAsync(
            "sh", "-ec",
            "cd /srv/m; mkdir d; for i in 1 2 3 4 5 6; do echo $i > d/$i; done; dd if=/dev/zero of=d/big bs=1M count=16 status=none; " +
            "setfattr -n user.a -v b d/1; sync -f .");
        string well = await nodes[1].MustKadaluAsync("pool", "scrub", "pool1", "--rate", "1");
        Assert.Contains("9 files compared, 16 MiB of each, 0 copies different", well, StringComparison.Ordinal);
        MustBeRefused(await nodes[1].KadaluAsync("pool", "scrub", "pool1", "/none"), "no unit of pool1 has /none");
        MustBeRefused(await nodes[1].KadaluAsync("pool", "scrub", "pool1", "--rate", "0"), Usage, "--rate");

        // A disk that forgets: one byte behind the first piece, a mode, an attribute, a name.
        await nodes[1].MustAsync(
            "sh", "-ec",
            "cd /srv/u/d; touch -r big stamp; printf x | dd of=big bs=1 seek=16000000 conv=notrunc status=none; touch -r stamp big; " +
            "rm stamp; chmod 0600 2; setfattr -x user.a 1; rm 3");
        Command found = await nodes[0].KadaluAsync("pool", "scrub", "pool1", "/d", "--rate", "1");
        MustBeDegraded(found);
        string[] wanted =
        [
            "node2:/srv/u/d/big: different: contents", "node2:/srv/u/d/2: different: mode",
            "node2:/srv/u/d/1: different: extended attributes", "node2:/srv/u/d/3: different: node2:/srv/u has no copy",
        ];
        Assert.All(wanted, line => Assert.Contains(line, found.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("/d/4", found.Output, StringComparison.Ordinal);
        JsonNode report = JsonNode.Parse((await nodes[0].KadaluAsync("pool", "scrub", "pool1", "/d/2", "--json")).Output)!;
        Assert.Equal((2, true), ((int)report["different"]!, (bool)report["isComplete"]!));
        Assert.Equal("0600", (await nodes[1].MustAsync("stat", "-c", "0%a", "/srv/u/d/2")).Trim());

        // A unit that was away: what it has missed is known, and no damage.
        await nodes[1].KillUnitsAsync("pool1.node2.srv-u");
        await nodes[0].MustAsync("sh", "-ec", "echo more >> /srv/m/d/4; sync -f /srv/m");
        Command away = await nodes[0].KadaluAsync("pool", "scrub", "pool1", "/d/4");
        MustBeDegraded(away);
        Assert.Contains("/d/4: waits for a heal: size", away.Output, StringComparison.Ordinal);
        Assert.Contains("0 copies different, 2 waiting", away.Output, StringComparison.Ordinal);
        await nodes[0].MustAsync("umount", "/srv/m");
    }

    private static Task<string> ListAsync(ClusterMachine node) => node.MustAsync(
        "sh", "-ec", "cd /srv/m; find . -mindepth 1 | sort | xargs stat -c '%n %F %a %u:%g %Y'; find . -type f | sort | xargs sha256sum; " +
            "getfattr -n user.a d/e/moved-2; readlink d/link");

    private static async Task StartGlusterdAsync(ClusterMachine node)
    {
        await node.MustAsync("sh", "-ec", """
            mkdir -p /srv/gd/lib /srv/gd/run /var/lib/glusterd
            mount --bind /srv/gd/lib /var/lib/glusterd
            printf '%s\n' 'volume management' ' type mgmt/glusterd' ' option working-directory /var/lib/glusterd' \
              ' option run-directory /srv/gd/run' ' option transport-type socket' \
              ' option transport.socket.listen-port 24007' ' option event-threads 1' 'end-volume' > /srv/gd/glusterd.vol
            glusterd -f /srv/gd/glusterd.vol -p /srv/gd/pid -l /srv/gd/log
            """);
        await Until.SoAsync(
            $"glusterd of {node.Name} answers",
            async () => (await node.RunAsync([.. s_gluster, "peer", "status"])).ExitCode == 0, () => node.ReadLog("agent"));
    }

    private static readonly string[] s_gluster = ["gluster", "--log-file=/srv/gd/cli.log", "--mode=script"];

    private static Task<string> GlusterAsync(ClusterMachine node, params string[] words) => node.MustAsync([.. s_gluster, .. words]);

    private static void IsCalled(ClusterMachine node, string name, string other)
    {
        Assert.Equal(name, (string?)node.FindDefinition(name)?["name"]);
        Assert.Null(node.FindDefinition(other));
        Assert.All(
            Directory.GetFiles(node.Outside("/var/lib/kadalu/volfiles")).Select(Path.GetFileName),
            file => Assert.False(file!.Split('.').Contains(other), file));
    }

    private static async Task BecomesAsync(ClusterMachine[] nodes, string name, string other)
    {
        await Until.SoAsync(
            $"all nodes call it {name}",
            async () => (await nodes[0].AskKadaluAsync("pool", "info", name))[0]!["nodes"]!.AsArray()
                .All(node => !(bool)node!["isBehind"]!) && nodes.All(node => node.FindDefinition(name) is not null),
            () => nodes[0].ReadLog("manager"));
        Assert.All(nodes, node => IsCalled(node, name, other));
    }

    private static void MustBeDegraded(Command answer) =>
        Assert.True(answer.ExitCode == Degraded, $"{answer.ExitCode}: {answer.Output}{answer.Error}");

    private static void MustBeRefused(Command answer, int code, string reason)
    {
        MustBeRefused(answer, reason);
        Assert.Equal(code, answer.ExitCode);
    }
}
