using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Pools come and go.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed partial class PoolLifeTests : IntegrationTest
{
    [Fact]
    public async Task A_pool_comes_again_with_the_same_ports_and_paths()
    {
        var pools = PoolHarness.Create(Workspace);
        for (int time = 0; time < 2; time++)
        {
            await pools.CreateAsync("pool1", ["mirror", "3", "units:3", .. time > 0 ? ["--adopt"] : Array.Empty<string>()]);
            JsonNode status = await pools.StatusAsync("pool1");
            Assert.Equal("Mirror", (string?)status["type"]);
            Assert.All(status["units"]!.AsArray(), unit => Assert.Equal("ready", (string?)unit!["state"]));
            Assert.Equal([24200, 24201, 24202], status["units"]!.AsArray().Select(unit => (int)unit!["port"]!));
            FuseMount mount = await pools.MountAsync("pool1");
            await File.WriteAllTextAsync(mount.In("file"), "kept");
            await Command.MustAsync("umount", mount.Path);
            MustBeRefused(await pools.TryAsync("delete", "pool1"), "kadalu pool stop pool1 before");
            MustBeRefused(await pools.TryAsync("create", "pool1", "/elsewhere/x"), "there is a pool \"pool1\" already");
            await pools.MustAsync("stop", "pool1");
            await pools.MustAsync("stop", "pool1");
            Assert.All(
                (await pools.StatusAsync("pool1"))["units"]!.AsArray(), unit => Assert.Equal("down", (string?)unit!["state"]));
            await pools.MustAsync("delete", "pool1");
            MustBeRefused(await pools.TryAsync("status", "pool1"), "there is no pool \"pool1\"");
            AssertNothingIsLeft(pools);
        }

        Assert.All(pools.Units("pool1", 3), unit => Assert.Equal("kept", File.ReadAllText(Path.Combine(unit, "file"))));
    }

    [Fact]
    public async Task A_port_that_somebody_listens_on_is_not_given()
    {
        using var listener = new TcpListener(IPAddress.Any, 24200);
        listener.Start();
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:2", "--no-start");
        Assert.Equal([24201, 24202], (await pools.StatusAsync("pool1"))["units"]!.AsArray().Select(unit => (int)unit!["port"]!));
        MustBeRefused(await pools.TryAsync(
            "create", "pool2", $"{Environment.MachineName}:24200:{pools.Units("pool2", 1)[0]}",
            "--root-partition"), "port 24200 is in use");
        MustBeRefused(await pools.TryAsync(
            "create", "pool2", $"{Environment.MachineName}:24201:{pools.Units("pool2", 1)[0]}",
            "--root-partition"), "port 24201 is another pool's");
        await pools.MustAsync("delete", "pool1");
    }

    [Theory]
    [InlineData(4)]
    [LongData(20)]
    public async Task Many_pools_live_beside_each_other(int count)
    {
        var pools = PoolHarness.Create(Workspace);
        string[] names = [.. Enumerable.Range(1, count).Select(number => $"pool{number}")];
        foreach (string name in names)
        {
            await pools.CreateAsync(name, "mirror", "3", "units:3");
        }

        JsonArray statuses = JsonNode.Parse(await pools.MustAsync("status", "--json"))!.AsArray();
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            statuses.Select(pool => (string)pool!["info"]!["name"]!).Order(StringComparer.Ordinal));
        JsonNode?[] units = [.. statuses.SelectMany(pool => pool!["units"]!.AsArray())];
        Assert.Equal(count * 3, units.Length);
        Assert.All(units, unit => Assert.Equal("ready", (string?)unit!["state"]));
        Assert.Equal(count * 3, units.Select(unit => (int)unit!["port"]!).Distinct().Count());
        foreach (string name in names)
        {
            Assert.True(Directory.Exists($"/proc/{(int)(await pools.StatusAsync(name))["healDaemon"]!}"));
            await pools.MustAsync("stop", name);
            await pools.MustAsync("delete", name);
        }

        AssertNothingIsLeft(pools);
        await Task.WhenAll(units.Select(unit => ManagedUnit.GoneAsync((int)unit!["processId"]!)));
    }

    [Theory]
    [LongData("create", "a pool is noted")]
    [LongData("create", "a directory is marked")]
    [LongData("create", "a volfile is written")]
    [LongData("create", "a pool is created")]
    [InlineData("create", "a unit is started")]
    [LongData("set", "a change is noted")]
    [InlineData("set", "a volfile is written")]
    [LongData("set", "volfiles are changed")]
    [LongData("set", "the heal daemon has the change")]
    [LongData("delete", "a deletion is noted")]
    [InlineData("delete", "a directory is released")]
    [LongData("delete", "a volfile is deleted")]
    public async Task What_broke_off_is_finished_or_undone_by_the_next(string verb, string place)
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 2);
        string[] create = ["create", "pool1", "mirror", .. units, "--same-node", "--root-partition"];
        if (verb != "create")
        {
            await pools.MustAsync(create);
            await (verb == "delete" ? pools.MustAsync("stop", "pool1") : Task.CompletedTask);
        }

        string[] set = ["set", "pool1", "diagnostics.brick-log-level", "DEBUG"];
        await pools.DiesAtAsync(place, verb switch
        {
            "create" => create,
            "set" => set,
            _ => ["delete", "pool1"],
        });
        switch (verb)
        {
            case "create" when place is "a unit is started":
                await pools.MustAsync("start", "pool1");
                break;
            case "create":
                // The manager has had it undone.
                Assert.All(units, unit => Assert.False(Directory.Exists(unit), unit));
                MustBeRefused(await pools.TryAsync("status", "pool1"), "there is no pool \"pool1\"");
                AssertNothingIsLeft(pools);
                await pools.MustAsync(create);
                break;
            case "set":
                // What one node could not do is undone everywhere.
                await pools.MustAsync("start", "pool1");
                Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
                await pools.MustAsync(set);
                break;
            case "delete":
                await pools.DeletedAsync("pool1");
                AssertNothingIsLeft(pools);
                await pools.MustAsync([.. create, "--adopt"]);
                break;
        }

        JsonNode status = await pools.StatusAsync("pool1");
        Assert.Equal("started", (string?)status["state"]);
        Assert.All(status["units"]!.AsArray(), unit => Assert.Equal("ready", (string?)unit!["state"]));
        if (verb == "set")
        {
            string socket = Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), "*u2.control.sock").Single();
            Assert.Matches(
                @"(?m)^\S*\s*log-level\s.*DEBUG", await Command.MustAsync(Workspace.Program, "option", socket, units[1]));
        }
    }

    [Fact]
    public async Task A_deletion_that_was_interrupted_succeeds_when_it_is_repeated()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.MustAsync("create", "pool1", pools.Units("pool1", 1)[0], "--root-partition", "--no-start");
        await pools.DiesAtAsync("a volfile is deleted", "delete", "pool1");
        Command again = await pools.TryAsync("delete", "pool1");
        Assert.True(
            again.ExitCode == 0 || again.Error.Contains("there is no pool \"pool1\"", StringComparison.Ordinal), again.Error);
        MustBeRefused(await pools.TryAsync("delete", "pool1"), "there is no pool \"pool1\"");
        AssertNothingIsLeft(pools);
    }

    [Fact]
    public async Task Several_groups_are_asked_about()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] create = ["create", "pool1", .. pools.Units("pool1", 2), "--root-partition", "--no-start"];
        MustBeRefused(await pools.TryAsItIsAsync(create), "This pool has 2 groups");
        foreach (string confirmed in (string[])["--distribute", "--mode=script", "-y"])
        {
            Assert.Equal(0, (await pools.TryAsItIsAsync([.. create, confirmed])).ExitCode);
            MustBeRefused(await pools.TryAsItIsAsync("delete", "pool1"), "Say -y");
            await pools.MustAsync("delete", "pool1");
        }
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_all_reasons()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 3);
        MustBeRefused(await pools.TryAsync(["create", "pool1", "mirror", "3", .. units, "--root-partition"]),
            "3 units of group 1, which would be lost together");
        MustBeRefused(await pools.TryAsync(["create", "pool1", "mirror", "3", .. units, "--same-node"]), "in the root file system");
        MustBeRefused(await pools.TryAsync("create", "pool 1", units[0], "--root-partition"), "the pool's name \"pool 1\"");
        MustBeRefused(
            await pools.TryAsync("create", "pool1", "/no/such/parent/u1", "--root-partition"), "/no/such/parent does not exist");
        await pools.MustAsync("create", "pool1", units[0], "--root-partition", "--no-start");
        MustBeRefused(await pools.TryAsync("create", "pool2", units[0], "--root-partition"), "is a unit of another pool already");
        MustBeRefused(await pools.TryAsync("create", "pool2", units[0] + "/inside", "--root-partition"), "or lies in one");
        PoolHarness others = PoolHarness.Create(Workspace, "others");
        MustBeRefused(await others.TryAsync("create", "pool2", units[0], "--root-partition"), "belongs to the pool with the id");
        await pools.MustAsync("delete", "pool1");
        await others.MustAsync("create", "pool2", units[0], "--root-partition", "--no-start");
        await others.MustAsync("delete", "pool2");
    }

    [Fact]
    public async Task The_same_definition_starts_each_nodes_own_units()
    {
        string here = await TwoNodes.ConnectAsync();
        PoolHarness one = PoolHarness.Create(Workspace, "node-a", here);
        PoolHarness other = PoolHarness.Create(Workspace, "node-b", TwoNodes.Other, TwoNodes.Name, manager: one);
        await other.MustAsync("node", "info");
        string definition = Workspace.Path("pool1.json");
        string[] directories = [Path.Combine(Workspace.Create("a"), "u1"), Path.Combine(Workspace.Create("b"), "u2")];
        await File.WriteAllTextAsync(definition, $$$"""
            {"name": "pool1", "id": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "options": {"network.ping-timeout": "11"}, "distribute_groups": [{"replica_count": 2, "storage_units": [
              {"path": "{{{directories[0]}}}", "port": 24210, "node": {"name": "{{{here}}}"}},
              {"path": "{{{directories[1]}}}", "port": 24211, "node": {"name": "{{{TwoNodes.Other}}}"}}]}]}
            """);
        await other.MustAsync("create", "pool1", "--definition", definition, "--root-partition");
        PoolHarness[] nodes = [one, other];
        string[] volfiles = new string[2];
        for (int index = 0; index < nodes.Length; index++)
        {
            JsonNode status = await nodes[index].StatusAsync("pool1");
            Assert.Equal(
                [.. Enumerable.Range(0, 2).Select(unit => unit == index ? "ready" : "elsewhere")],
                status["units"]!.AsArray().Select(unit => (string)unit!["state"]!));
            volfiles[index] = await File.ReadAllTextAsync(Path.Combine(nodes[index].Root, "var/lib/kadalu/volfiles/pool1.vol"));
        }

        Assert.Equal(volfiles[0], volfiles[1]);
        Assert.Contains("option ping-timeout 11", volfiles[0], StringComparison.Ordinal);
    }

    // Logs stay, and what makes this a node of a cluster.
    private static void AssertNothingIsLeft(PoolHarness pools) => Assert.DoesNotContain(
        Directory.GetFiles(Path.Combine(pools.Root), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(pools.Root, path)),
        path => !path.EndsWith(".log", StringComparison.Ordinal) && !OfCluster().IsMatch(path));

    [GeneratedRegex("^var/lib/kadalu/(node-id$|node-name$|manager/|cluster/|generations/)|^run/kadalu/(agent|manager)\\.sock$")]
    private static partial Regex OfCluster();
}
