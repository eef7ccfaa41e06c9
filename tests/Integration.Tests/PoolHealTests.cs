using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What waits for being healed, and copies that contradict each other.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolHealTests : IntegrationTest
{
    [Theory]
    [InlineData("--source", SplitBrain.Older)]
    [LongData("--latest-mtime", SplitBrain.Newer)]
    [LongData("--bigger-file", SplitBrain.Older)]
    public async Task A_split_brain_is_shown_and_resolved(string policy, string expected)
    {
        var pools = PoolHarness.Create(Workspace);
        FuseMount mount = await SplitBrain.CreateAsync(pools);
        Assert.Equal("/file", Assert.Single(await SplitAsync(pools)));
        Assert.Contains("in split-brain", await pools.MustAsync("heal", "info", "pool1"), StringComparison.Ordinal);
        Assert.Throws<IOException>(() => File.ReadAllText(mount.In("file")));

        string unit = $"{Environment.MachineName}:{pools.Units("pool1", 2)[0]}";
        await pools.MustAsync(
            policy == "--source"
                ? ["heal", "resolve", "pool1", "/file", policy, unit]
                : ["heal", "resolve", "pool1", "/file", policy]);
        Assert.Empty(await SplitAsync(pools));
        Assert.All(
            pools.Units("pool1", 2), directory => Assert.Equal(expected, File.ReadAllText(Path.Combine(directory, "file"))));
        await Until.SeesAsync(
            "the mount shows the copy that was chosen", () => ReadOrNone(mount.In("file")), text => text == expected);
    }

    [Theory]
    [InlineData("mirror 3 units:3")]
    [LongData("data 2 redundancy 1 units:3")]
    public async Task A_copy_that_is_lost_from_a_disk_is_found_by_a_full_heal(string words)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "kept");
        await pools.HealedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        string copy = Path.Combine(pools.Units("pool1", 3)[2], "file");
        File.Delete(copy);

        // What no index knows of is not found there.
        Assert.Contains("Started self-heal", await pools.MustAsync("heal", "start", "pool1"), StringComparison.Ordinal);
        Assert.Contains("Started self-heal", await pools.MustAsync("heal", "start", "pool1", "--full"), StringComparison.Ordinal);
        await Until.SoAsync("the lost copy is there again", () => File.Exists(copy), pools.Logs);

        // Only mirrors keep account, and of contents: giving a file its name back does not count.
        await (words.StartsWith("mirror", StringComparison.Ordinal)
            ? Until.SeesAsync(
                "the account of heals has a full one that has ended",
                async () => (await pools.TryAsync("heal", "status", "pool1", "--json")).Output,
                account => JsonNode.Parse(account)![0]!["units"]!.AsArray().Any(unit => unit!["fullCrawl"]?["ended"] is not null))
            : Task.CompletedTask);
        await pools.MustAsync("stop", "pool1");
        Assert.Contains("is not started", (await pools.TryAsync("heal", "start", "pool1")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_keeps_others_out_or_down_does_not_keep_files_from_being_healed()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await Command.MustAsync("install", "-d", "-m", "700", "-o", "1000", "-g", "1000", mount.In("private"));
        await pools.MustAsync("set", "pool1", "server.root-squash", "on");

        // In a user's own directory only that user or root can do anything.
        await pools.KillAsync("pool1", [2]);
        string user =
            $"cd {mount.Path} && exec setpriv --reuid=1000 --regid=1000 --clear-groups sh -c 'echo mine > private/file'";
        await Until.SeesAsync(
            "the user can write without the third unit", () => Command.RunAsync("sh", "-c", user),
            written => written.ExitCode == 0);
        Assert.NotEqual(0, (await Command.RunAsync("touch", mount.In("private/roots"))).ExitCode);
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        string[] files = [.. pools.Units("pool1", 3).Select(unit => Path.Combine(unit, "private/file"))];
        Assert.All(files, copy => Assert.Equal("mine\n", File.ReadAllText(copy)));
        Assert.Equal(
            "1000:1000",
            Assert.Single(
                (await Command.MustAsync("stat", ["-c", "%u:%g", .. files]))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct()));
        await mount.DisposeAsync();

        // The pool's own clients are let in where nobody else is.
        await pools.MustAsync("set", "pool1", "auth.allow", "192.0.2.1");
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 1);
        Assert.Contains(": 0 to heal", await pools.MustAsync("heal", "info", "pool1"), StringComparison.Ordinal);
        await pools.MustAsync("heal", "start", "pool1");
        FuseMount refused = FuseMount.Expect(Workspace);
        await pools.TryAsync("mount", "pool1", refused.Path);
        Assert.NotEqual(0, (await Command.RunAsync("ls", refused.In("private"))).ExitCode);
    }

    [Theory]
    [InlineData("mirror 3 units:3")]
    [LongData("data 2 redundancy 1 units:3")]
    public async Task A_heal_daemon_that_heals_stops_as_soon_as_it_is_told_to_and_the_next_one_goes_on(string words)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        FuseMount mount = await pools.MountAsync("pool1");
        await pools.HealedAsync("pool1", clients: 2);
        await pools.KillAsync("pool1", [2]);
        for (int file = 0; file < 200; file++)
        {
            await File.WriteAllTextAsync(mount.In($"file{file}"), "missed");
        }

        await pools.MustAsync("start", "pool1");
        await Until.SoAsync(
            "the first file is healed", () => File.Exists(Path.Combine(pools.Units("pool1", 3)[2], "file0")), pools.Logs);
        string[] before = Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), "shd.*.pid");
        int healer = int.Parse(await File.ReadAllTextAsync(Assert.Single(before)), CultureInfo.InvariantCulture);
        await Command.MustAsync("kill", "-TERM", $"{healer}");
        await Until.SoAsync("the heal daemon has taken its pid file away", () => !File.Exists(before[0]), pools.Logs);
        string log = await File.ReadAllTextAsync(Path.Combine(pools.Root, "var/log/kadalu/shd/shd.pool1.log"));
        Assert.DoesNotContain("MSGID: 3007", log, StringComparison.Ordinal);
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        Assert.Equal(200, Directory.GetFiles(pools.Units("pool1", 3)[2], "file*").Length);
    }

    [Fact]
    public async Task A_group_that_is_not_up_takes_no_order_and_says_which_unit_is_missing()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "data", "2", "redundancy", "1", "units:3");
        string[] units = pools.Units("pool1", 3);
        await pools.HealedAsync("pool1", clients: 1);
        await pools.KillAsync("pool1", [0, 2]);
        await Until.SeesAsync(
            "an order to heal names the unit that is missing and the one without its group",
            async () => (await pools.TryAsync("heal", "start", "pool1")).Error,
            error => error.Contains($":{units[0]}: Brick is not connected", StringComparison.Ordinal) &&
            error.Contains($":{units[1]}: Its group is not up", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cluster.self-heal-daemon", "mirror units:2")]
    [LongData("cluster.disperse-self-heal-daemon", "data 2 redundancy 1 units:3")]
    public async Task A_heal_daemon_that_is_switched_off_says_so(string option, string words)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        await pools.MustAsync("set", "pool1", option, "off");
        Command refused = await pools.TryAsync("heal", "start", "pool1");
        Assert.Equal(11, refused.ExitCode);
        Assert.Contains(
            $"are switched off ({option} off): nothing is healed before kadalu pool reset pool1 {option}", refused.Error,
            StringComparison.Ordinal);
        Assert.Contains(
            $"{Environment.MachineName}: self-heal daemon: is switched off ({option} off)",
            (await pools.TryAsync("status", "pool1")).Output, StringComparison.Ordinal);
        await pools.MustAsync("reset", "pool1", option);
        await pools.ConnectedAsync("pool1", clients: 1);
        await pools.MustAsync("heal", "start", "pool1");
    }

    [Theory]
    [LongData("mirror units:2", 1, "")]
    [InlineData("mirror 3 units:3", 2, "group 1 cannot be used: of its 3 units 2 must be there, and 2 are down")]
    [LongData("data 2 redundancy 1 units:3", 1, "")]
    [InlineData("data 2 redundancy 1 units:3", 2, "group 1 cannot be used: of its 3 units 2 must be there, and 2 are down")]
    [InlineData("units:2", 1, "group 1 cannot be used: of its 1 units 1 must be there, and 1 is down")]
    public async Task Status_tells_which_group_cannot_be_used(string words, int down, string problem)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        await pools.KillAsync("pool1", Enumerable.Range(0, down));
        Assert.Equal(
            problem.Length > 0 ? [problem] : [],
            (await pools.StatusAsync("pool1"))["groupProblems"]!.AsArray().Select(one => (string)one!));
    }

    [Fact]
    public async Task What_cannot_be_resolved_is_refused()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        await pools.CreateAsync("pool2", "units:1");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "first");
        foreach ((string[] arguments, string reason) in new[]
        {
            (new[] { "heal", "resolve", "pool1", "/file" }, "say one of --source"),
            (["heal", "resolve", "pool1", "--bigger-file"], "say which FILE"),
            (["heal", "resolve", "pool1", "/file", "--bigger-file"], "not in split-brain"),
            (["heal", "resolve", "pool1", "/nothing", "--latest-mtime"], "/nothing"),
            (["heal", "info", "pool2", "--split-brain"], "nothing to heal from"),
            (["heal", "start", "pool2"], "nothing to heal from"),
            (["heal", "info", "pool3"], "there is no pool \"pool3\""),
        })
        {
            Command result = await pools.TryAsync(arguments);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Files_that_wait_are_listed_with_the_unit_that_knows_of_them()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await pools.KillAsync("pool1", [2]);
        await File.WriteAllTextAsync(mount.In("file"), "written without the third");
        JsonArray lists = ListsOf((await pools.TryAsync("heal", "info", "pool1", "--json")).Output);
        Assert.Equal([true, true, false], lists.Select(list => list!["problem"] is null));
        Assert.Contains("Transport endpoint is not connected", (string)lists[2]!["problem"]!, StringComparison.Ordinal);
        Assert.All(lists.Take(2), list =>
            Assert.Contains("/file", list!["files"]!.AsArray().Select(entry => (string)entry!["path"]!)));
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        Assert.All(ListsOf(await pools.MustAsync("heal", "info", "pool1", "--json")), list =>
            Assert.Empty(list!["files"]!.AsArray()));
    }

    [Fact]
    public async Task Names_that_glfsheal_cannot_print_at_all_are_listed_from_the_units()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await pools.KillAsync("pool1", [2]);
        await Command.MustAsync("bash", "-ec", "printf x > \"$0/\"$'line\\nend'; printf x > \"$0/\"$'\\xff\\xfe'", mount.Path);
        JsonArray lists = ListsOf((await pools.TryAsync("heal", "info", "pool1", "--json")).Output);
        Assert.Equal(3, lists.Count);
        Assert.Contains(
            lists.SelectMany(list => list!["files"]!.AsArray()), entry => (string)entry!["path"]! == "/line\nend");

        // What a replacement asks as well.
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
    }

    private static async Task<string[]> SplitAsync(PoolHarness pools) =>
        [.. ListsOf(await pools.MustAsync("heal", "info", "pool1", "--split-brain", "--json"))
            .SelectMany(list => list!["files"]!.AsArray()).Select(entry => (string)entry!["path"]!).Distinct()];

    private static JsonArray ListsOf(string answer) => JsonNode.Parse(answer)!["units"]!.AsArray();

    private static string? ReadOrNone(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
