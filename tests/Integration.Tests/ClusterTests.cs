using System.Text.Json.Nodes;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Nodes with network, mounts, processes and names of their own, and pools over them by single commands.</summary>
public sealed class ClusterTests : IntegrationTest
{
    private const string Pool = "pool1";

    [Fact]
    public async Task A_pool_over_three_nodes_lives_by_single_commands_typed_on_any_of_them()
    {
        ClusterMachine[] nodes = await ClusterMachine.CreateClusterAsync(Workspace, 4);
        (ClusterMachine first, ClusterMachine third, ClusterMachine client) = (nodes[0], nodes[2], nodes[3]);
        Assert.Equal(4, (await third.AskKadaluAsync("node", "list")).AsArray().Count);

        await third.MustKadaluAsync("pool", "create", Pool, "mirror", "node1:/srv/u", "node2:/srv/u", "node3:/srv/u", "--root-partition");
        await MountAsync(client);
        await client.MustAsync("sh", "-ec", "echo hello > /mnt/f; sync /mnt/f");
        string ports = PortsOf(nodes[0]);

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
        await first.MustKadaluAsync("pool", "create", Pool, "mirror", "node1:/srv/v", "node2:/srv/v", "node3:/srv/v", "--root-partition");
        Assert.Equal(ports, PortsOf(nodes[0]));

        // Nobody else was told.
        Assert.False(Directory.Exists(client.Outside("/var/lib/kadalu/generations")));
    }

    private static async Task MountAsync(ClusterMachine client) => await client.MustAsync(
        "sh", "-ec",
        $"mkdir -p /mnt; glusterfs --volfile-server=node2 --volfile-server-port=24199 --volfile-id={Pool} -l /var/log/kadalu/mount.log /mnt; ls /mnt");

    private static int RevisionOf(ClusterMachine node) => (int)node.FindDefinition(Pool)!["revision"]!;

    private static string PortsOf(ClusterMachine node)
    {
        JsonNode definition = node.FindDefinition(Pool)!;
        return string.Join(
            ",", definition["distribute_groups"]!.AsArray().SelectMany(group => group!["storage_units"]!.AsArray())
                .Select(unit => unit!["port"]).Append(definition["port"]));
    }
}
