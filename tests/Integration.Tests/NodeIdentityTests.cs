using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>
/// A node is known by its id, whatever it is called now; where nothing of a pool is on a node, no command says that it has done
/// something.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class NodeIdentityTests : IntegrationTest
{
    private const string OldName = "localhost";

    private PoolHarness? _pools;

    private PoolHarness Pools => _pools ??= PoolHarness.Create(Workspace, node: OldName);

    private string State => Path.Combine(Pools.Root, "var/lib/kadalu");

    [Fact]
    public async Task A_node_that_is_called_otherwise_now_still_has_its_units()
    {
        int unit = await CreateUnderOldNameAsync();
        Assert.Equal("ready", (string?)(await Pools.StatusAsync("pool1"))["units"]![0]!["state"]);
        await Pools.MustAsync("set", "pool1", "diagnostics.brick-log-level", "DEBUG");
        await Pools.MustAsync("stop", "pool1");
        await ManagedUnit.GoneAsync(unit);
        await Pools.MustAsync("start", "pool1");
        await Pools.MustAsync("stop", "pool1");
        await Pools.MustAsync("delete", "pool1");
        Assert.Empty(Directory.GetFiles(Path.Combine(State, "pools")));
    }

    [Fact]
    public async Task Where_no_unit_is_this_nodes_nothing_is_said_to_be_done()
    {
        int unit = await CreateUnderOldNameAsync(inDefinition: "old-name.invalid");
        await Pools.KillAgentAsync();
        File.Delete(Path.Combine(State, "node-id"));
        string path = Pools.DefinitionOf("pool1");
        string before = await File.ReadAllTextAsync(path);
        var id = (Guid)JsonNode.Parse(before)!["id"]!;
        foreach (string step in (string[])["\"stop\"", "\"delete\"", "\"start\", \"mayDisturbExports\": false"])
        {
            using Process running = Pools.StartStep();
            await running.StandardInput.WriteAsync(
                $$$"""{"do": {{{step}}}, "pool": "pool1", "poolId": "{{{id}}}", "turn": {"generation": 99, "task": "{{{Guid.NewGuid()}}}", "stage": 0}}""");
            running.StandardInput.Close();
            string said = await running.StandardOutput.ReadToEndAsync();
            await running.WaitForExitAsync();
            Assert.Equal(11, running.ExitCode);
            Assert.Contains("no unit of \\u0022pool1\\u0022 is on this node", said, StringComparison.Ordinal);
            Assert.Contains("old-name.invalid", said, StringComparison.Ordinal);
        }

        Assert.Equal(before, await File.ReadAllTextAsync(path));
        Assert.True(Directory.Exists($"/proc/{unit}"));
    }

    [Fact]
    public async Task A_name_that_leads_here_now_makes_nobody_elses_unit_ours()
    {
        await CreateUnderOldNameAsync();
        await Pools.MustAsync("stop", "pool1");
        string definition = Pools.DefinitionOf("pool1");
        string text = await File.ReadAllTextAsync(definition);
        string id = (await File.ReadAllTextAsync(Path.Combine(State, "node-id"))).Trim();

        // The second unit is another node's, which now has this machine's name. A step on it starts no unit but this node's own.
        string other = Guid.NewGuid().ToString();
        int second = text.LastIndexOf(id, StringComparison.Ordinal);
        text = text[..second] + other + text[(second + id.Length)..];
        int name = text.LastIndexOf(OldName, StringComparison.Ordinal);
        await Pools.KillAgentAsync();
        await File.WriteAllTextAsync(definition, text[..name] + Environment.MachineName + text[(name + OldName.Length)..]);
        var units = (await Pools.StatusAsync("pool1"))["units"]!.AsArray();
        Assert.Equal(["down", "elsewhere"], units.Select(unit => (string)unit!["state"]!));
    }

    [Fact]
    public async Task A_copy_of_another_machine_is_not_taken_for_it()
    {
        await Pools.MustAsync("node", "info");
        string id = (await File.ReadAllTextAsync(Path.Combine(State, "node-id"))).Trim();
        string[] units = Pools.Units("pool1", 2);
        string definition = $$$"""
            {"name": "pool1", "id": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "revision": 1, "port": 24190, "distribute_groups": [{"replica_count": 2, "storage_units": [
              {"path": "{{{units[0]}}}", "port": 24210, "node": {"name": "node-a.invalid", "id": "{{{id}}}"}}, {"path": "{{{units[1]}}}", "port": 24211, "node": {"name": "{{{OldName}}}"}}]}]}
            """;
        using Process running = Pools.StartStep();
        await running.StandardInput.WriteAsync(
            $$$"""{"do": "create", "pool": "pool1", "poolId": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "turn": {"generation": 1, "task": "{{{Guid.NewGuid()}}}", "stage": 1}, "terms": {"mayShareNodes": true, "mayBeOnRoot": true, "existing": "refuse"}, "definition": {{{definition}}}}""");
        running.StandardInput.Close();
        string said = await running.StandardOutput.ReadToEndAsync();
        await running.WaitForExitAsync();
        Assert.Equal(11, running.ExitCode);
        Assert.Contains("is this machine a copy of that one?", said, StringComparison.Ordinal);
        Assert.All(units, unit => Assert.False(Directory.Exists(unit)));
    }

    // Two units on a node that is called something else after that: its id stays.
    private async Task<int> CreateUnderOldNameAsync(string? inDefinition = null)
    {
        await Pools.MustAsync(
            ["create", "pool1", "mirror", .. Pools.Units("pool1", 2), "--same-node", "--root-partition"]);
        await Pools.KillAgentAsync();
        File.Delete(Path.Combine(State, "node-name"));
        if (inDefinition is not null)
        {
            string path = Pools.DefinitionOf("pool1");
            await File.WriteAllTextAsync(
                path, (await File.ReadAllTextAsync(path)).Replace($"\"{OldName}\"", $"\"{inDefinition}\"", StringComparison.Ordinal));
        }

        string pid = await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(Pools.Root, "run/kadalu"), "pool1.*.pid")[0]);
        return int.Parse(pid, CultureInfo.InvariantCulture);
    }
}
