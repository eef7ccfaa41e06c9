using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>
/// A node is known by its id, whatever it is called now; where nothing of a pool is on a node, no command says that it has done
/// something.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class NodeIdentityTests : IntegrationTest
{
    private const int PoolRefused = 11;

    private PoolHarness? _pools;

    private PoolHarness Pools => _pools ??= PoolHarness.Create(Workspace);

    private string State => Path.Combine(Pools.Root, "var/lib/kadalu");

    [Fact]
    public async Task A_node_that_is_called_otherwise_now_still_has_its_units()
    {
        int unit = await CreateUnderOldNameAsync();
        Assert.Equal("ready", (string?)(await Pools.StatusAsync("pool1"))["units"]![0]!["state"]);
        await Pools.MustAsync("set", "pool1", "diagnostics.brick-log-level", "DEBUG");
        await Pools.MustAsync("stop", "pool1");
        Assert.False(Directory.Exists($"/proc/{unit}"));
        await Pools.MustAsync("start", "pool1");
        await Pools.MustAsync("stop", "pool1");
        await Pools.MustAsync("delete", "pool1");
        Assert.Empty(Directory.GetFiles(Path.Combine(State, "pools")));
    }

    [Fact]
    public async Task Where_no_unit_is_this_nodes_nothing_is_said_to_be_done()
    {
        int unit = await CreateUnderOldNameAsync();
        File.Delete(Path.Combine(State, "node-id"));
        string before = await File.ReadAllTextAsync(Path.Combine(State, "pools/pool1.json"));
        foreach (
            string[] command in new string[][] { ["stop", "pool1"], ["delete", "pool1"], ["start", "pool1"],
                ["set", "pool1", "diagnostics.brick-log-level", "DEBUG"], ["reset", "pool1"] })
        {
            Command refused = await Pools.TryAsync(command);
            Assert.Equal(PoolRefused, refused.ExitCode);
            Assert.Contains("no unit of \"pool1\" is on this node", refused.Error, StringComparison.Ordinal);
            Assert.Contains("old-name.invalid", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(State, "pools/pool1.json")));
        Assert.True(Directory.Exists($"/proc/{unit}"));
        Assert.Contains("no unit of it is on this node", await Pools.MustAsync("status", "pool1"), StringComparison.Ordinal);
        await Pools.MustAsync("stop", "pool1", "--node", "old-name.invalid");
        Assert.False(Directory.Exists($"/proc/{unit}"));
        await Pools.MustAsync("delete", "pool1", "--node", "old-name.invalid");
    }

    [Fact]
    public async Task A_name_that_leads_here_now_makes_nobody_elses_unit_ours()
    {
        await CreateUnderOldNameAsync();
        await Pools.MustAsync("stop", "pool1");
        string definition = Path.Combine(State, "pools/pool1.json");
        string text = await File.ReadAllTextAsync(definition);
        string id = (await File.ReadAllTextAsync(Path.Combine(State, "node-id"))).Trim();

        // The second unit is another node's, which now has this machine's name.
        string other = Guid.NewGuid().ToString();
        int second = text.LastIndexOf(id, StringComparison.Ordinal);
        text = text[..second] + other + text[(second + id.Length)..];
        int name = text.LastIndexOf("old-name.invalid", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            definition, text[..name] + Environment.MachineName + text[(name + "old-name.invalid".Length)..]);
        var units = (await Pools.StatusAsync("pool1"))["units"]!.AsArray();
        Assert.Equal(["down", "elsewhere"], units.Select(unit => (string)unit!["state"]!));
    }

    [Fact]
    public async Task A_copy_of_another_machine_is_not_taken_for_it()
    {
        string id = Guid.NewGuid().ToString();
        Directory.CreateDirectory(State);
        await File.WriteAllTextAsync(Path.Combine(State, "node-id"), id + "\n");
        string definition = Workspace.Path("pool1.json");
        string[] units = Pools.Units("pool1", 2);
        await File.WriteAllTextAsync(definition, $$$"""
            {"name": "pool1", "id": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "distribute_groups": [{"replica_count": 2, "storage_units": [
              {"path": "{{{units[0]}}}", "port": 24210, "node": {"name": "node-a.invalid", "id": "{{{id}}}"}}, {"path": "{{{units[1]}}}", "port": 24211, "node": {"name": "node-b.invalid"}}]}]}
            """);
        Command refused =
            await Pools.TryAsync("create", "pool1", "--definition", definition, "--root-partition", "--node", "node-b.invalid");
        Assert.Equal(PoolRefused, refused.ExitCode);
        Assert.Contains("is this machine a copy of that one?", refused.Error, StringComparison.Ordinal);
        Assert.All(units, unit => Assert.False(Directory.Exists(unit)));
    }

    // Two units on a node that is called something else after that: its id stays.
    private async Task<int> CreateUnderOldNameAsync()
    {
        await Pools.MustAsync(
            ["create", "pool1", "mirror", .. Pools.Units("pool1", 2), "--same-node", "--root-partition", "--node",
                "old-name.invalid"]);
        File.Delete(Path.Combine(State, "node-name"));
        string pid = await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(Pools.Root, "run/kadalu"), "pool1.*.pid")[0]);
        return int.Parse(pid, CultureInfo.InvariantCulture);
    }
}
