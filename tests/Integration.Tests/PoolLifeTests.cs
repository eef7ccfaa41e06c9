using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Pools come and go.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolLifeTests : IntegrationTest
{
    private const int Pools = 20;

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
            MustBeRefused(await pools.TryAsync("delete", "pool1"), "stop it first");
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
            "create", "pool2", $"here:24200:{pools.Units("pool2", 1)[0]}", "--node", "here",
            "--root-partition"), "port 24200 is in use");
        MustBeRefused(await pools.TryAsync(
            "create", "pool2", $"{Environment.MachineName}:24201:{pools.Units("pool2", 1)[0]}",
            "--root-partition"), "port 24201 is another pool's");
        await pools.MustAsync("delete", "pool1");
    }

    [Fact]
    public async Task Many_pools_live_beside_each_other()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] names = [.. Enumerable.Range(1, Pools).Select(number => $"pool{number}")];
        foreach (string name in names)
        {
            await pools.CreateAsync(name, "mirror", "3", "units:3");
        }

        JsonArray statuses = JsonNode.Parse(await pools.MustAsync("status", "--json"))!.AsArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), statuses.Select(pool => (string)pool!["name"]!));
        JsonNode?[] units = [.. statuses.SelectMany(pool => pool!["units"]!.AsArray())];
        Assert.Equal(Pools * 3, units.Length);
        Assert.All(units, unit => Assert.Equal("ready", (string?)unit!["state"]));
        Assert.Equal(Pools * 3, units.Select(unit => (int)unit!["port"]!).Distinct().Count());
        Assert.All(statuses, pool => Assert.True(Directory.Exists($"/proc/{(int)pool!["healDaemon"]!}")));
        foreach (string name in names)
        {
            await pools.MustAsync("stop", name);
            await pools.MustAsync("delete", name);
        }

        AssertNothingIsLeft(pools);
        Assert.All(units.Select(unit => (int)unit!["processId"]!), process =>
            Assert.False(Directory.Exists($"/proc/{process.ToString(CultureInfo.InvariantCulture)}")));
    }

    [Theory]
    [InlineData("create", "a pool is noted")]
    [InlineData("create", "a directory is marked")]
    [InlineData("create", "a volfile is written")]
    [InlineData("create", "a pool is created")]
    [InlineData("create", "a unit is started")]
    [InlineData("set", "a change is noted")]
    [InlineData("set", "a volfile is written")]
    [InlineData("set", "volfiles are changed")]
    [InlineData("set", "the heal daemon has the change")]
    [InlineData("delete", "a deletion is noted")]
    [InlineData("delete", "a directory is released")]
    [InlineData("delete", "a volfile is deleted")]
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

        Command killed = await pools.TryAsync(("KADALU_FSD_DIE_AT", place), verb switch
        {
            "create" => create,
            "set" => ["set", "pool1", "diagnostics.brick-log-level", "DEBUG"],
            _ => ["delete", "pool1"],
        });
        Assert.Equal(128 + 9, killed.ExitCode);
        switch (verb)
        {
            case "create" when place is "a pool is created" or "a unit is started":
                await pools.MustAsync("start", "pool1");
                break;
            case "create":
                if (place == "a directory is marked")
                {
                    // As a kill in the middle of writing it leaves it.
                    string hidden = Directory.CreateDirectory(Path.Combine(units[0], ".glusterfs")).FullName;
                    await File.WriteAllTextAsync(Path.Combine(hidden, $"kadalu-place.{Guid.NewGuid():N}"), "");
                }

                string undone =
                    await pools.MustAsync("create", "other", pools.Units("other", 1)[0], "--root-partition", "--no-start");
                Assert.Contains("undoing the creation of pool1", undone, StringComparison.Ordinal);
                Assert.All(units, unit => Assert.False(Directory.Exists(unit), unit));
                MustBeRefused(await pools.TryAsync("status", "pool1"), "there is no pool \"pool1\"");
                await pools.MustAsync("delete", "other");
                AssertNothingIsLeft(pools);
                await pools.MustAsync(create);
                break;
            case "set":
                Assert.Contains("finishing a change", await pools.MustAsync("start", "pool1"), StringComparison.Ordinal);
                break;
            case "delete":
                Assert.Contains(
                    "finishing the deletion", await pools.MustAsync([.. create, "--adopt"]), StringComparison.Ordinal);
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
        await pools.TryAsync(("KADALU_FSD_DIE_AT", "a volfile is deleted"), "delete", "pool1");
        Assert.Contains("finishing the deletion of pool1", await pools.MustAsync("delete", "pool1"), StringComparison.Ordinal);
        MustBeRefused(await pools.TryAsync("delete", "pool1"), "there is no pool \"pool1\"");
        AssertNothingIsLeft(pools);
    }

    [Fact]
    public async Task Several_groups_are_asked_about()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] create = ["create", "pool1", .. pools.Units("pool1", 2), "--root-partition", "--no-start"];
        MustBeRefused(await pools.TryAsync(create), "Confirm with --distribute");
        await pools.MustAsync([.. create, "--distribute"]);
        await pools.MustAsync("delete", "pool1");
        await pools.MustAsync([.. create, "--mode=script"]);
        await pools.MustAsync("delete", "pool1");
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
        MustBeRefused(await pools.TryAsync("create", "pool2", units[0], "--root-partition"), "is a unit of the pool \"pool1\"");
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
        string definition = Workspace.Path("pool1.json");
        string[] directories =
            [Path.Combine(Workspace.Create("a"), "u1"), Path.Combine(Workspace.Create("b"), "u2"),
                Path.Combine(Workspace.Create("c"), "u3")];
        await File.WriteAllTextAsync(definition, $$$"""
            {"name": "pool1", "id": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "options": {"network.ping-timeout": "11"}, "distribute_groups": [{"replica_count": 3, "storage_units": [
              {"path": "{{{directories[0]}}}", "port": 24210, "node": {"name": "192.0.2.1"}},
              {"path": "{{{directories[1]}}}", "port": 24211, "node": {"name": "192.0.2.2"}},
              {"path": "{{{directories[2]}}}", "port": 24212, "node": {"name": "192.0.2.3"}}]}]}
            """);
        PoolHarness[] nodes = [
            PoolHarness.Create(Workspace, "node-a", "192.0.2.1"), PoolHarness.Create(Workspace, "node-b", "192.0.2.2")];
        string[] volfiles = new string[2];
        for (int index = 0; index < nodes.Length; index++)
        {
            await nodes[index].MustAsync("create", "pool1", "--definition", definition, "--root-partition");
            JsonNode status = await nodes[index].StatusAsync("pool1");
            Assert.Equal(
                [.. Enumerable.Range(0, 3).Select(unit => unit == index ? "ready" : "elsewhere")],
                status["units"]!.AsArray().Select(unit => (string)unit!["state"]!));
            volfiles[index] = await File.ReadAllTextAsync(Path.Combine(nodes[index].Root, "var/lib/kadalu/volfiles/pool1.vol"));
        }

        Assert.Equal(volfiles[0], volfiles[1]);
        Assert.Contains("option ping-timeout 11", volfiles[0], StringComparison.Ordinal);
        Assert.False(Directory.Exists(directories[2]));
    }

    // Logs and the node's id stay.
    private static void AssertNothingIsLeft(PoolHarness pools) => Assert.DoesNotContain(
        Directory.GetFiles(Path.Combine(pools.Root), "*", SearchOption.AllDirectories),
        path => !path.EndsWith(".log", StringComparison.Ordinal) &&
        !path.EndsWith("/node-id", StringComparison.Ordinal) && !path.EndsWith("/node-name", StringComparison.Ordinal));
}
