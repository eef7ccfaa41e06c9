using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Definitions that change under data and pending heals, and what nodes know of each other's.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolDefinitionTests : IntegrationTest
{
    [Fact]
    [Trait("Size", "long")]
    public async Task Pending_heals_find_their_units_when_the_middle_group_of_three_is_taken_away()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:6");
        await pools.MustAsync("set", "pool1", "cluster.self-heal-daemon", "off");
        string[] units = pools.Units("pool1", 6);
        await using (FuseMount mount = await pools.MountAsync("pool1"))
        {
            WriteAll(mount, "before");
            await pools.UnlockedAsync();

            // One unit of the first group and one of the last: what is good is on the first one here, and on the second one
            // there.
            await pools.KillAsync("pool1", [1, 4]);
            WriteAll(mount, "second");
            await pools.UnlockedAsync();
        }

        await pools.MustAsync("stop", "pool1");
        await pools.EditAsync("pool1", definition => definition["distribute_groups"]!.AsArray().RemoveAt(1));
        string[] left = [units[0], units[1], units[4], units[5]];
        Assert.NotEqual(FilesOf(left[0]), FilesOf(left[1]));
        Assert.NotEqual(FilesOf(left[2]), FilesOf(left[3]));
        await pools.MustAsync("start", "pool1");
        await pools.MustAsync("reset", "pool1", "--all");
        await using FuseMount after = await pools.MountAsync("pool1");
        await pools.HealedAsync("pool1", clients: 2);
        AssertHealed(left[0], left[1]);
        AssertHealed(left[2], left[3]);
        string[] names =
            [.. Directory.GetFiles(left[0]).Concat(Directory.GetFiles(left[2])).Select(Path.GetFileName).OfType<string>()];
        Assert.All(names, name => Assert.Equal("second", File.ReadAllText(after.In(name))));
    }

    [Fact]
    public async Task Pending_heals_find_their_units_when_a_pool_gets_another_name()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        await pools.MustAsync("set", "pool1", "cluster.self-heal-daemon", "off");
        string[] units = pools.Units("pool1", 3);
        await using (FuseMount mount = await pools.MountAsync("pool1"))
        {
            WriteAll(mount, "before");
            await pools.UnlockedAsync();
            await pools.KillAsync("pool1", [0]);
            WriteAll(mount, "second");
            await pools.UnlockedAsync();
        }

        await pools.MustAsync("stop", "pool1");
        await pools.EditAsync("pool1", definition => definition["name"] = "other");
        await pools.MustAsync("start", "other");
        await pools.MustAsync("reset", "other", "--all");
        await using FuseMount after = await pools.MountAsync("other");
        await pools.HealedAsync("other", clients: 2);
        AssertHealed(units[1], units[0]);
        AssertHealed(units[1], units[2]);
        Assert.All(Directory.GetFiles(after.Path), path => Assert.Equal("second", File.ReadAllText(path)));
        Assert.Contains(
            "option afr-pending-xattr pool1-client-0,pool1-client-1,pool1-client-2\n", await pools.MustAsync("volfile", "other"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_group_hides_no_directory_and_no_file()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        string[] directories = [.. Enumerable.Range(0, 10).Select(number => $"d{number}")];
        await using (FuseMount mount = await pools.MountAsync("pool1"))
        {
            foreach (string directory in directories)
            {
                Directory.CreateDirectory(mount.In(directory));
                for (int file = 0; file < 9; file++)
                {
                    await File.WriteAllTextAsync(mount.In($"{directory}/{file}"), directory);
                }
            }
        }

        await pools.MustAsync("stop", "pool1");
        string[] added = [.. pools.Units("pool1", 4)[2..]];
        await AddGroupAsync(pools, added);
        await pools.MustAsync("start", "pool1");
        await using FuseMount after = await pools.MountAsync("pool1");

        // By name first: what is listed is known from then on.
        Assert.All(
            directories,
            directory => Assert.All(
                Enumerable.Range(0, 9), file => Assert.Equal(directory, File.ReadAllText(after.In($"{directory}/{file}")))));
        Assert.Equal(directories, Directory.GetDirectories(after.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await Command.MustAsync("rm", ["-rf", .. directories.Select(after.In)]);
        Assert.All([.. pools.Units("pool1", 2), .. added], unit =>
            Assert.DoesNotContain(Directory.GetDirectories(unit), path => Path.GetFileName(path).StartsWith('d')));
    }

    [Fact]
    public async Task A_pool_of_an_earlier_version_keeps_its_layers_until_it_is_started_with_others()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        await pools.MustAsync("stop", "pool1");
        await pools.EditAsync("pool1", WithoutOurs);
        await pools.MustAsync("start", "pool1");
        FuseMount mount = await pools.MountAsync("pool1");
        string distribute = mount.In(".meta/graphs/active/pool1-dht");
        Assert.False(Directory.Exists(distribute));
        Assert.Contains("no cluster/distribute", await pools.MustAsync("status", "pool1"), StringComparison.Ordinal);
        Assert.Contains(
            "kadalu pool stop pool1 before", (await pools.TryAsync("start", "pool1", "--distribute-layer")).Error,
            StringComparison.Ordinal);
        await pools.MustAsync("set", "pool1", "performance.quick-read", "off");
        Assert.DoesNotContain("cluster/distribute", await pools.MustAsync("volfile", "pool1"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(mount.In("file"), "text");
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("start", "pool1", "--distribute-layer");
        await Until.SoAsync("the mount has a graph with the new layer", () => Directory.Exists(distribute), () => mount.LogText);
        Assert.Equal("text", await File.ReadAllTextAsync(mount.In("file")));
        Assert.DoesNotContain("no cluster/distribute", await pools.MustAsync("status", "pool1"), StringComparison.Ordinal);
    }

    // As the program of yesterday left it: its volfiles are not those that are made of the definition today.
    [Fact]
    public async Task A_pool_that_runs_is_given_what_a_new_version_makes_of_its_definition()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        string volfiles = Path.Combine(pools.Root, "var/lib/kadalu/volfiles");
        foreach (string key in new[] { "pool1", "shd.pool1" })
        {
            string path = Path.Combine(volfiles, key + ".vol");
            await File.WriteAllTextAsync(path, string.Join('\n', (await File.ReadAllLinesAsync(path))
                .Where(
                    line => !line.Contains("option ping-timeout", StringComparison.Ordinal) &&
                    !line.Contains("use-anonymous-inode", StringComparison.Ordinal))));
        }

        FuseMount mount = await pools.MountAsync("pool1");
        string connection = mount.In(".meta/graphs/active/pool1-client-0/private");
        Assert.Contains("ping_timeout = 0", await File.ReadAllTextAsync(connection), StringComparison.Ordinal);
        int healDaemon = (int)(await pools.StatusAsync("pool1"))["healDaemon"]!;
        await pools.MustAsync("start", "pool1");
        await Until.SeesAsync(
            "the mount has the new timeout", () => File.ReadAllText(connection),
            text => text.Contains("ping_timeout = 10", StringComparison.Ordinal));
        Assert.Equal(
            "1",
            (await File.ReadAllTextAsync(mount.In(".meta/graphs/active/pool1-replicate-0/private")))
            .Split('\n').Single(line => line.StartsWith("use-anonymous-inode", StringComparison.Ordinal)).Split('=')[1].Trim());
        Assert.Equal(healDaemon, (int)(await pools.StatusAsync("pool1"))["healDaemon"]!);
        await Until.SeesAsync(
            "no client has an outdated volfile",
            async () => (await pools.StatusAsync("pool1"))["units"]!.AsArray()
            .Select(unit => (int)unit!["outdatedClients"]!).ToArray(),
            outdated => outdated.All(clients => clients == 0));
    }

    [Fact]
    public async Task All_nodes_have_the_same_definition_and_one_that_was_changed_by_hand_or_is_lost_is_put_right()
    {
        string here = await TwoNodes.ConnectAsync();
        PoolHarness one = PoolHarness.Create(Workspace, "node-a", here);
        PoolHarness other = PoolHarness.Create(Workspace, "node-b", TwoNodes.Other, TwoNodes.Name, manager: one);
        await other.MustAsync("node", "info");
        await one.MustAsync(
            "create", "pool1", "mirror", $"{here}:{Workspace.Create("a")}/u1", $"{TwoNodes.Other}:{Workspace.Create("b")}/u2",
            "--root-partition");
        string first = await DigestAsync(1);
        await one.MustAsync("set", "pool1", "network.ping-timeout", "17");
        string second = await DigestAsync(2);
        Assert.NotEqual(first, second);
        JsonNode changed = await one.StatusAsync("pool1");
        Assert.Equal(2, (int)changed["units"]![0]!["revision"]!);
        string metrics =
            await Command.MustAsync(
                "curl", "--silent", "--unix-socket",
                Directory.GetFiles(Path.Combine(one.Root, "run/kadalu"), "pool1.*.control.sock")[0], "http://unit/metrics");
        Assert.Contains(
            $"pool_definition_revision{{pool=\"pool1\",digest=\"{second}\"}} 2", metrics, StringComparison.Ordinal);

        // What does not touch the definition is no new revision.
        foreach (string command in new[] { "stop", "start" })
        {
            await other.MustAsync(command, "pool1");
        }

        Assert.Equal(second, await DigestAsync(2));
        await one.MustAsync("reset", "pool1", "--all");
        Assert.Equal(first, await DigestAsync(3));
        int?[] units = [.. (await other.StatusAsync("pool1"))["units"]!.AsArray().Select(unit => (int?)unit!["processId"])];

        // Lost, and unreadable: the manager tells the node again, and its unit goes on.
        string path = other.DefinitionOf("pool1");
        foreach (string? text in (string?[])[null, "{ half of"])
        {
            File.Delete(path);
            await (text is null ? Task.CompletedTask : File.WriteAllTextAsync(path, text));
            await Until.SoAsync(
                "the node has the definition again",
                () => File.Exists(path) && File.ReadAllText(path).Contains("\"started\"", StringComparison.Ordinal), other.Logs);
            await one.MustAsync("start", "pool1");
            Assert.Equal(
                units, (await other.StatusAsync("pool1"))["units"]!.AsArray().Select(unit => (int?)unit!["processId"]));
        }

        // Changed by hand: a person says whether all nodes get that.
        string whole = await File.ReadAllTextAsync(path);
        string edited =
            whole.Replace("\"options\": {}", "\"options\": {\"performance.io-cache\": \"on\"}", StringComparison.Ordinal);
        Assert.NotEqual(whole, edited);
        await File.WriteAllTextAsync(path, edited);
        await Until.SeesAsync(
            "the manager says that the node knows more", () => one.TryAsync("list"),
            list => list.Output.Contains("kadalu pool adopt pool1 --from NODE", StringComparison.Ordinal), other.Logs);
        Assert.Contains(
            "the definition was changed by hand since", (await one.TryAsync("status", "pool1")).Output, StringComparison.Ordinal);
        await one.MustAsync("adopt", "pool1", "--from", TwoNodes.Other);
        await Until.SeesAsync(
            "both nodes have it",
            async () => (
                One: (string?)(await one.StatusAsync("pool1"))["options"]!["performance.io-cache"],
                Other: (string?)(await other.StatusAsync("pool1"))["options"]!["performance.io-cache"]),
            now => now is ("on", "on"), other.Logs);

        await one.MustAsync("set", "pool1", "network.ping-timeout", "18");
        Assert.Equal(
            "18", (string?)JsonNode.Parse(await File.ReadAllTextAsync(path))!["options"]!["network.ping-timeout"]);

        async Task<string> DigestAsync(int revision)
        {
            JsonNode[] statuses = [await one.StatusAsync("pool1"), await other.StatusAsync("pool1")];
            Assert.All(statuses, status => Assert.Equal(revision, (int)status["revision"]!));
            return Assert.Single(statuses.Select(status => (string)status["digest"]!).Distinct());
        }
    }

    private static void WithoutOurs(JsonNode definition)
    {
        foreach (string member in new[] { "layers", "revision", "digest" })
        {
            definition.AsObject().Remove(member);
        }

        foreach (JsonNode? group in definition["distribute_groups"]!.AsArray())
        {
            group!.AsObject().Remove("number");
            foreach (JsonNode? unit in group["storage_units"]!.AsArray())
            {
                unit!.AsObject().Remove("number");
            }
        }
    }

    private static async Task AddGroupAsync(PoolHarness pools, string[] units)
    {
        await pools.EditAsync("pool1", definition =>
        {
            JsonNode group = definition["distribute_groups"]![0]!.DeepClone();
            group.AsObject().Remove("number");
            for (int index = 0; index < units.Length; index++)
            {
                JsonNode unit = group["storage_units"]![index]!;
                unit.AsObject().Remove("number");
                unit["path"] = units[index];
                unit["port"] = (int)unit["port"]! + 50;
            }

            definition["distribute_groups"]!.AsArray().Add(group);
        });
        string id = Guid.Parse((string)JsonNode.Parse(await File.ReadAllTextAsync(pools.DefinitionOf("pool1")))!["id"]!)
            .ToString("N", CultureInfo.InvariantCulture);
        foreach (string unit in units)
        {
            Directory.CreateDirectory(Path.Combine(unit, ".glusterfs/indices"));
            await Command.MustAsync("setfattr", "-n", "trusted.glusterfs.volume-id", "-v", "0x" + id, unit);
        }
    }

    private static void WriteAll(FuseMount mount, string text)
    {
        for (int file = 0; file < 40; file++)
        {
            File.WriteAllText(mount.In($"file{file}"), text);
        }
    }

    private static string FilesOf(string unit) =>
        string.Join(
            '\n',
            Directory.GetFiles(unit)
            .Order(StringComparer.Ordinal).Select(path => $"{Path.GetFileName(path)} {File.ReadAllText(path)}"));

    private static void AssertHealed(string good, string healed)
    {
        Assert.NotEmpty(Directory.GetFiles(good));
        Assert.Equal(FilesOf(good), FilesOf(healed));
        Assert.All(Directory.GetFiles(good), path => Assert.Equal("second", File.ReadAllText(path)));
    }
}
