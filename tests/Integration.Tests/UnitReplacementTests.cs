using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Units whose disks are replaced by empty ones.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class UnitReplacementTests : IntegrationTest
{
    private const string IdAttribute = "trusted.glusterfs.volume-id";

    [Theory]
    [LongData("mirror 2 units:2", 0)]
    [InlineData("mirror 3 units:3", 2)]
    [LongData("mirror 2 arbiter 1 units:3", 1)]
    [InlineData("mirror 2 arbiter 1 units:3", 2)]
    [InlineData("data 2 redundancy 1 units:3", 1)]
    public async Task An_empty_disk_is_refused_until_the_unit_is_replaced_and_then_has_everything(string words, int lost)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        FuseMount mount = await pools.MountAsync("pool1");
        await UnitTree.WriteAsync(mount.Path, "tree");
        string written = await UnitTree.ReadAsync(mount.Path, withTimes: true);
        await pools.HealedAsync("pool1", clients: 2);
        string[] units = pools.Units("pool1", words.Contains("units:2", StringComparison.Ordinal) ? 2 : 3);
        await pools.KillAsync("pool1", [lost]);
        string id = await IdOfAsync(units[lost]);
        Directory.Delete(units[lost], recursive: true);
        Directory.CreateDirectory(units[lost]);

        // Neither as it is, nor with the mark that somebody gives it.
        Command refused = await pools.TryAsync("start", "pool1");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"has no {IdAttribute}", refused.Error, StringComparison.Ordinal);
        await Command.MustAsync("setfattr", "-n", IdAttribute, "-v", id, units[lost]);
        refused = await pools.TryAsync("start", "pool1");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("is not the directory that the unit has served", refused.Error, StringComparison.Ordinal);
        Assert.Contains("kadalu unit replace", refused.Error, StringComparison.Ordinal);

        string said = await pools.MustAsync("unit", "replace", "pool1", Address(units[lost]), "--root-partition");

        // On a busy machine all may be healed before it is looked at for the first time.
        Assert.Contains("has everything again", said, StringComparison.Ordinal);
        await pools.ConnectedAsync("pool1", clients: 2);
        await AssertAlikeAsync(words, units);

        // What it has counts when another one is away.
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", [(lost + 1) % units.Length]);
        await (words.StartsWith("mirror 2 units", StringComparison.Ordinal) ||
            !words.Contains("arbiter", StringComparison.Ordinal) || lost != 2
            ? Until.SeesAsync(
                "the mount shows what was written",
                () => UnitTree.ReadAsync(mount.Path, withTimes: true), now => now == written)
                : Task.FromResult(""));
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
    }

    [Fact]
    public async Task A_unit_that_nothing_could_be_healed_from_is_not_replaced()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("lone", "units:2");
        await RefusesAsync(pools, "lone", pools.Units("lone", 2)[0], "has no second copy of anything", "--discard");

        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        string[] units = pools.Units("pool1", 2);
        await RefusesAsync(pools, "pool1", units[0], "an empty directory is needed there");
        await RefusesAsync(pools, "pool1", "elsewhere:/data/u", "has no unit elsewhere:/data/u", "--discard");

        // Only the one has what was written while the other one was away.
        await pools.MustAsync(
            "set", "pool1", "cluster.self-heal-daemon", "off", "cluster.data-self-heal", "off", "cluster.metadata-self-heal",
            "off", "cluster.entry-self-heal", "off");
        FuseMount mount = await pools.MountAsync("pool1");
        await pools.ConnectedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", [0]);
        await Until.SoAsync(
            "the mount can be written to without the first unit", () => TryWrite(mount.In("file")), () => mount.LogText);
        await RefusesAsync(pools, "pool1", units[1], "is not connected", "--discard");
        await pools.MustAsync("start", "pool1");
        await pools.ConnectedAsync("pool1", clients: 2);
        await RefusesAsync(
            pools, "pool1", units[1], "has to be healed, and no other unit has a good copy of it", "--discard");
        Assert.All((await pools.ProcessesAsync("pool1")), process => Assert.NotNull(process));
        Assert.Equal("written", await File.ReadAllTextAsync(Path.Combine(units[1], "file")));

        // The other one can be.
        await pools.MustAsync("reset", "pool1", "--all");
        await pools.MustAsync("unit", "replace", "pool1", Address(units[0]), "--root-partition", "--discard");
        Assert.Equal("written", await File.ReadAllTextAsync(Path.Combine(units[0], "file")));
        await pools.MustAsync("stop", "pool1");
        await RefusesAsync(pools, "pool1", units[1], "is not started", "--discard");
    }

    [Theory]
    [LongData("a replaced unit is stopped")]
    [LongData("a replacement is noted")]
    [InlineData("a unit is marked")]
    public async Task A_replacement_that_broke_off_goes_on_and_never_serves_the_empty_directory_unmarked(string place)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await UnitTree.WriteAsync(mount.Path, "tree");
        await pools.HealedAsync("pool1", clients: 2);
        string[] units = pools.Units("pool1", 3);
        string[] replace = ["unit", "replace", "pool1", Address(units[1]), "--discard", "--root-partition"];
        await pools.DiesAtAsync(place, replace);
        await pools.MustAsync("start", "pool1");
        await (place == "a replaced unit is stopped" ? pools.MustAsync(replace) : Task.CompletedTask);
        await pools.ConnectedAsync("pool1", clients: 2);
        await Until.SeesAsync("nothing is left to heal on any unit", async () =>
        {
            // What cannot be healed at once is tried again every ten minutes only.
            await pools.TryAsync("heal", "start", "pool1");
            return (await pools.TryAsync("heal", "info", "pool1")).Output;
        }, info => info.Split(" 0 to heal").Length == 4);
        await AssertAlikeAsync("mirror 3", units);
        string aside = Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(units[1])!, "u2.discarded-*"));
        Assert.Equal(await UnitTree.ReadAsync(units[0]), await UnitTree.ReadAsync(aside));
    }

    [Theory]
    [Trait("Size", "long")]
    [LongData("mirror 3 units:3", true)]
    [InlineData("data 4 redundancy 2 units:6", false)]
    public async Task Two_empty_disks_are_replaced_one_after_the_other(string words, bool isMirror)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", words.Split(' '));
        FuseMount mount = await pools.MountAsync("pool1");
        await UnitTree.WriteAsync(mount.Path, "tree");
        string[] units = pools.Units("pool1", isMirror ? 3 : 6);
        await pools.HealedAsync("pool1", clients: 2);
        await pools.KillAsync("pool1", [units.Length - 2, units.Length - 1]);
        await RefusesAsync(pools, "pool1", units[^2], "has its files: kadalu pool start pool1 starts it", "--also-lost", Address(units[^1]));
        foreach (string unit in units[^2..])
        {
            Directory.Delete(unit, recursive: true);
            Directory.CreateDirectory(unit);
        }

        await RefusesAsync(
            pools, "pool1", units[^2], "is there, and has lost nothing", "--also-lost", Address(units[0]), "--also-lost", Address(units[^1]));
        string said =
            await pools.MustAsync(
                ["unit", "replace", "pool1", Address(units[^2]), "--root-partition",
                    .. isMirror ? ["--also-lost", Address(units[^1])] : Array.Empty<string>()]);
        Assert.Contains($"before these are there as well: {Address(units[^1])}", said, StringComparison.Ordinal);
        await pools.MustAsync("unit", "replace", "pool1", Address(units[^1]), "--root-partition");
        await pools.ConnectedAsync("pool1", clients: 2);
        await AssertAlikeAsync(words, units);
    }

    /// <summary>glfsheal tells of files by their names, which clients choose.</summary>
    [Theory]
    [Trait("Size", "long")]
    [InlineData("x - Possibly undergoing heal\nStatus: Connected\nz")]
    [LongData("x - Possibly undergoing heal")]
    [LongData("Not able to fetch volfile")]
    public async Task The_only_good_copy_of_a_file_is_kept_whatever_its_name(string name)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        string[] units = pools.Units("pool1", 2);
        await pools.MustAsync(
            "set", "pool1", "cluster.self-heal-daemon", "off", "cluster.data-self-heal", "off", "cluster.metadata-self-heal",
            "off", "cluster.entry-self-heal", "off");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In(name), "old");
        await pools.ConnectedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", [0]);
        await Until.SoAsync(
            "the mount can be written to without the first unit", () => TryWrite(mount.In(name)), () => mount.LogText);
        await pools.UnlockedAsync();
        await pools.MustAsync("start", "pool1");
        await pools.ConnectedAsync("pool1", clients: 2);
        JsonNode listed = JsonNode.Parse(await pools.MustAsync("heal", "info", "pool1", "--json"))!["units"]!;
        Assert.Equal($"/{name}", (string)Assert.Single(listed[1]!["files"]!.AsArray())!["path"]!);
        await RefusesAsync(pools, "pool1", units[1], "no other unit has a good copy of it", "--discard");
        Assert.Equal("written", await File.ReadAllTextAsync(Path.Combine(units[1], name)));
    }

    [Fact]
    [Trait("Size", "long")]
    public async Task An_empty_disk_is_healed_though_one_of_the_others_did_not_see_what_it_was_marked_for()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await UnitTree.WriteAsync(mount.Path, "tree");
        string[] units = pools.Units("pool1", 3);
        await pools.HealedAsync("pool1", clients: 2);

        // The first one misses a name at the top, so that it is no source when directories are made on the second.
        await pools.KillAsync("pool1", [0]);
        await Until.SoAsync(
            "the mount can be written to without the first unit", () => TryWrite(mount.In("late")), () => mount.LogText);
        await pools.KillAsync("pool1", [1]);
        Directory.Delete(units[1], recursive: true);
        Directory.CreateDirectory(units[1]);
        Assert.NotEqual(0, (await pools.TryAsync("start", "pool1")).ExitCode);
        await pools.MustAsync("unit", "replace", "pool1", Address(units[1]), "--root-partition");
        await AssertAlikeAsync("mirror 3", units);
    }

    private static string Address(string unit) => $"{Environment.MachineName}:{unit}";

    private static async Task<string> IdOfAsync(string unit) =>
        (await Command.MustAsync("getfattr", "--absolute-names", "-n", IdAttribute, "-e", "hex", unit))
        .Split('\n').Single(line => line.StartsWith(IdAttribute, StringComparison.Ordinal)).Split('=')[1];

    private static bool TryWrite(string path)
    {
        try
        {
            File.WriteAllText(path, "written");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task RefusesAsync(PoolHarness pools, string pool, string unit, string reason, params string[] more)
    {
        Command refused = await pools.TryAsync(["unit", "replace", pool, unit.Contains(':', StringComparison.Ordinal) ? unit : Address(unit), "--root-partition", .. more]);
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        Assert.Equal(11, refused.ExitCode);
    }

    private static async Task AssertAlikeAsync(string words, string[] units)
    {
        string[] seen = await Task.WhenAll(
            units.Select((unit, number) => UnitTree.ReadAsync(unit, withContents: HasContents(words, number))));
        string names = await UnitTree.ReadAsync(units[0], withContents: false);
        for (int unit = 0; unit < units.Length; unit++)
        {
            Assert.Equal(HasContents(words, unit) ? seen[0] : names, seen[unit]);
        }
    }

    private static bool HasContents(string words, int unit) => !words.StartsWith("data", StringComparison.Ordinal) &&
        !(words.Contains("arbiter", StringComparison.Ordinal) && unit == 2);
}
