using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Volgen;

namespace KadaluFsd.Integration.Tests;

/// <summary>Clients of a pool of a cluster, by commands on a node that has no units of it.</summary>
[Collection(ClusterMachine.OneAtATime)]
public sealed class ClusterClientTests : IntegrationTest
{
    private const string Pool = "pool1";
    private const int Usage = 2;

    [Fact]
    public async Task A_node_without_units_is_told_how_to_reach_a_pool_and_mounts_it()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 3);
        (ClusterMachine first, ClusterMachine client) = (nodes[0], nodes[2]);
        await first.MustKadaluAsync(
            "pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "--root-partition", "-y");
        int port = (int)first.FindDefinition(Pool)!["port"]!;
        Assert.Null(client.FindDefinition(Pool));

        string text = await client.MustKadaluAsync("pool", "connect", Pool);
        Assert.StartsWith($"# Volfile servers\nnode1:{port}\nnode2:{port}\n", text, StringComparison.Ordinal);
        JsonNode lines = await client.AskKadaluAsync("pool", "connect", Pool);
        Assert.Equal($"mount -t kadalu -o port={port} node1,node2:/{Pool} DIR", (string?)lines["mount"]);

        // What a node serves to clients it builds.
        string volfile = await client.MustKadaluAsync("pool", "volfile", Pool);
        Assert.Equal(await File.ReadAllTextAsync(first.Outside($"/var/lib/kadalu/volfiles/{Pool}.vol")), volfile);
        Assert.Contains("option remote-host", volfile, StringComparison.Ordinal);
        JsonNode unit = await client.AskKadaluAsync(
            "pool", "volfile", Pool, "--kind", "unit", "--unit", "node2:/srv/u");
        Assert.Equal("node2", (string?)unit["node"]);
        _ = VolfileParser.Parse((string)unit["text"]!);
        string elsewhere = await client.MustKadaluAsync("pool", "volfile", Pool, "--host", "node1=outside.example.org");
        Assert.Contains("option remote-host outside.example.org", elsewhere, StringComparison.Ordinal);
        MustBeRefused(
            await client.KadaluAsync("pool", "volfile", Pool, "--kind", "unit", "--unit", "node3:/srv/u"),
            Usage, "pool1 has no unit node3:/srv/u, but node1:/srv/u, node2:/srv/u");
        MustBeRefused(
            await client.KadaluAsync("pool", "volfile", Pool, "--host", "node3=x"), Usage, "no unit on a node \"node3\"");
        MustBeRefused(await client.KadaluAsync("pool", "connect", "none"), "there is no pool \"none\"");

        MustBeRefused(await client.KadaluAsync("pool", "mount", Pool, "/srv/m"), Usage, "/srv/m does not exist");
        await client.MustAsync("mkdir", "/srv/m", "/srv/part");
        JsonNode made = await client.AskKadaluAsync("pool", "mount", Pool, "/srv/m");
        Assert.Equal("/srv/m", (string?)made["directory"]);
        await client.MustAsync("sh", "-ec", "mkdir /srv/m/dir; echo hello > /srv/m/dir/file; sync -f /srv/m");
        Assert.All(nodes.Take(2), node => Assert.Equal("hello\n", File.ReadAllText(node.Outside("/srv/u/dir/file"))));
        await client.MustKadaluAsync("pool", "mount", $"{Pool}/dir", "/srv/part", "-o", "ro");
        Assert.Equal("hello\n", await client.MustAsync("cat", "/srv/part/file"));
        Assert.NotEqual(0, (await client.RunAsync("touch", "/srv/part/other")).ExitCode);
        await client.MustAsync("umount", "/srv/part", "/srv/m");

        await first.MustKadaluAsync("pool", "stop", Pool, "-y");
        MustBeRefused(await client.KadaluAsync("pool", "mount", Pool, "/srv/m"), "kadalu pool start pool1");
        Assert.Equal(volfile, await client.MustKadaluAsync("pool", "volfile", Pool));
    }

    private static void MustBeRefused(Command answer, int code, string reason)
    {
        MustBeRefused(answer, reason);
        Assert.Equal(code, answer.ExitCode);
    }
}
