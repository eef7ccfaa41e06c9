using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Directories of a deleted pool that come back to it: each is the unit again that it was, or is refused.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolReturnTests : IntegrationTest
{
    private const int PoolRefused = 11;

    [Theory]
    [LongData("pool1", "--adopt")]
    [InlineData("pool1", "--restore")]
    [LongData("other", "--adopt")]
    [LongData("other", "--restore")]
    public async Task Units_in_another_order_and_under_another_name_know_what_each_missed(string name, string how)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "old and long");
        await File.WriteAllTextAsync(mount.In("gone"), "gone");
        await pools.HealedAsync("pool1", clients: 2);
        await pools.UnlockedAsync();
        await pools.KillAsync("pool1", [0]);
        await File.WriteAllTextAsync(mount.In("file"), "new");
        await File.WriteAllTextAsync(mount.In("created"), "created");
        File.Delete(mount.In("gone"));
        await mount.DisposeAsync();
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("delete", "pool1");

        string[] units = pools.Units("pool1", 3);
        await pools.MustAsync(
            "create", name, "mirror", "3", units[1], units[2], units[0], "--same-node", "--root-partition", how);
        mount = await pools.MountAsync(name);
        await pools.HealedAsync(name, clients: 2);
        Assert.Equal("new", await File.ReadAllTextAsync(mount.In("file")));
        Assert.Equal(["created", "file"], Directory.GetFiles(mount.Path).Select(Path.GetFileName).Order());
        Assert.All(
            units,
            unit => Assert.Equal(
                ("new", false), (File.ReadAllText(Path.Combine(unit, "file")), File.Exists(Path.Combine(unit, "gone")))));

        // The names that its marks have are kept, whatever it is called.
        Assert.Contains("volume pool1-client-1\n", await pools.MustAsync("volfile", name), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "data 2 redundancy 1", "0 2 1", "--restore",
        "u3 was unit 3 of 3 of a disperse group with redundancy 1, and would be unit 2 of 3")]
    [LongData("mirror 2", "0 2 1 3", "--restore", "u1 and * were in different groups")]
    [LongData("mirror 2", "0 1", "--adopt", "u1 was in a pool of 2 groups, and would be in one of 1")]
    [InlineData(
        "data 3 redundancy 1", "0 1 2 3", "--adopt",
        "u1 was unit 1 of 2 of a mirror, and would be unit 1 of 4 of a disperse group")]
    [LongData("mirror 2 arbiter 1", "0 2 1", "--adopt", "u3 was unit 3 of 3 of an arbiter group, and would be unit 2 of 3")]
    public async Task Units_that_would_be_others_than_they_were_are_refused(string words, string order, string how, string reason)
    {
        var pools = PoolHarness.Create(Workspace);
        string[] places = order.Split(' ');
        string[] units = pools.Units("pool1", places.Length == 3 ? 3 : 4);
        await MakeAndDeleteAsync(pools, places.Length == 3 ? words : "mirror 2", units);
        Command refused = await pools.TryAsync(Create(words, units, order, how));
        Assert.Equal(PoolRefused, refused.ExitCode);
        string shown = refused.Error.Replace(Path.GetDirectoryName(units[0])! + "/", "", StringComparison.Ordinal);
        Assert.All(reason.Split('*'), part => Assert.Contains(part.Trim(), shown, StringComparison.Ordinal));
        Assert.Contains("there is no pool", (await pools.TryAsync("status", "pool1")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_may_come_back_in_any_order()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 4);
        string[] names = await MakeAndDeleteAsync(pools, "mirror 2", units);
        await pools.MustAsync(Create("mirror 2", units, "3 2 0 1", "--adopt"));
        FuseMount mount = await pools.MountAsync("pool1");
        Assert.Equal(names.Order(), Directory.GetFiles(mount.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Where_there_is_nothing_nothing_comes_back()
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 2);
        foreach (string how in new[] { "--adopt", "--restore" })
        {
            Command refused =
                await pools.TryAsync("create", "pool1", "mirror", units[0], units[1], "--same-node", "--root-partition", how);
            Assert.Equal(PoolRefused, refused.ExitCode);
            Assert.Contains($"there is nothing of a pool in {units[0]}, {units[1]}", refused.Error, StringComparison.Ordinal);
        }

        Assert.All(units, unit => Assert.False(Directory.Exists(unit)));
    }

    [Fact]
    public async Task A_directory_that_does_not_say_which_unit_it_was_needs_the_definition()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        string[] units = pools.Units("pool1", 2);
        string definition = Workspace.Path("pool1.json");
        File.Copy(Path.Combine(pools.Root, "var/lib/kadalu/pools/pool1.json"), definition);
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("delete", "pool1");
        File.Delete(Path.Combine(units[1], ".glusterfs", "kadalu-place"));
        Command refused =
            await pools.TryAsync("create", "pool1", "mirror", units[0], units[1], "--same-node", "--root-partition", "--adopt");
        Assert.Equal(PoolRefused, refused.ExitCode);
        Assert.Contains($"{units[1]} does not say which of the pool's units it was", refused.Error, StringComparison.Ordinal);
        MustBeRefused(
            await pools.TryAsync("create", "pool1", "--definition", definition, "--same-node", "--root-partition"),
            "--adopt lets them join the pool again");
        await pools.MustAsync("create", "pool1", "--definition", definition, "--same-node", "--root-partition", "--adopt");
        Assert.True(File.Exists(Path.Combine(units[1], ".glusterfs", "kadalu-place")));
    }

    private static async Task<string[]> MakeAndDeleteAsync(PoolHarness pools, string words, string[] units)
    {
        await pools.MustAsync(
            ["create", "pool1", .. words.Split(' '), .. units, "--same-node", "--root-partition", "--mode=script"]);
        FuseMount mount = await pools.MountAsync("pool1");
        string[] names = [.. Enumerable.Range(1, 20).Select(number => $"file{number}")];
        foreach (string name in names)
        {
            await File.WriteAllTextAsync(mount.In(name), name);
        }

        await pools.HealedAsync("pool1", clients: 2);
        await mount.DisposeAsync();
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("delete", "pool1");
        return names;
    }

    private static string[] Create(string words, string[] units, string order, string how) =>
    [
        "create", "pool1", .. words.Split(' '),
        .. order.Split(' ').Select(place => units[int.Parse(place, CultureInfo.InvariantCulture)]), "--same-node",
        "--root-partition", "--mode=script", how,
    ];
}
