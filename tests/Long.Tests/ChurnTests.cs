using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Long.Tests;

/// <summary>
/// Pools whose units are killed while everything in them is changed. Each round ends with nothing to heal, or with something,
/// which is said; whenever nothing is to heal, all copies are equal, and a fresh mount shows what the old one does.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class ChurnTests : IntegrationTest
{
    private const int Rounds = 20;
    private const int Kills = 2;
    private static readonly TimeSpan s_heals = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_healsBetween = TimeSpan.FromSeconds(20);

    // All units of a group at once.
    private const int AllTogetherEvery = 5;

    private string _churn = "";
    private Manifest _manifest = null!;

    [Fact]
    [Trait("Part", "fsstress-mirror")]
    public Task A_mirror() => RunAsync("mirror", 3, units => ["mirror", "3", .. units], [[0, 1, 2]], Content.Copies);

    [Fact]
    [Trait("Part", "fsstress-arbiter")]
    public Task An_arbiter() =>
        RunAsync("arbiter", 3, units => ["mirror", units[0], units[1], "arbiter", units[2]], [[0, 1, 2]], Content.Arbiter);

    [Fact]
    [Trait("Part", "fsstress-disperse")]
    public Task Four_parts_and_two_more() => RunAsync(
        "disperse", 6, units => ["data", .. units[..4], "redundancy", .. units[4..]], [[0, 1, 2, 3, 4, 5]], Content.Parts);

    [Fact]
    [Trait("Part", "fsstress-distribute")]
    public Task A_distribution_over_two_mirrors() =>
        RunAsync("distribute", 6, units => ["mirror", "3", .. units], [[0, 1, 2], [3, 4, 5]], Content.Copies);

    private async Task RunAsync(string name, int count, Func<string[], string[]> words, int[][] groups, Content content)
    {
        _churn = await NativeProgram.CompileAsync(Workspace, "tests/Long.Tests/native/churn.c");
        _manifest = await Manifest.CompileAsync(Workspace);
        int healed = 0;
        long done = 0;
        long failed = 0;
        var wrong = new List<string>();
        PoolHarness? pools = null;
        FuseMount? mount = null;
        string pool = "";
        var clock = Stopwatch.StartNew();
        for (int round = 0; round < Rounds; round++)
        {
            if (pools is null)
            {
                pool = $"{name}{round}";
                pools = PoolHarness.Create(Workspace, "root-" + pool);
                await pools.CreateAsync(pool, words(pools.Units(pool, count)));
                mount = await pools.MountAsync(pool);
                await pools.ConnectedAsync(pool, clients: 2);
            }

            var current = new ChurnRound(pools, pool, groups, round % AllTogetherEvery == AllTogetherEvery - 1, s_healsBetween);
            Directory.CreateDirectory(mount!.In($"round{round}"));
            var churn = Churn.Start(_churn, mount.In($"round{round}"), round);
            await current.KillAsync(churn, Kills, round);
            (long operations, long failures) = await churn.StopAsync();
            done += operations;
            failed += failures;
            await pools.MustAsync("start", pool);
            long waiting = await current.HealAsync(s_heals);
            string difference = await FreshMountDiffersAsync(pools, pool, mount, groups, content);
            if (waiting == 0)
            {
                healed++;
                difference += await UnitsDifferAsync(pools.Units(pool, count), groups, content);
            }

            TestFigures.Print(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, round {round}: {operations} operations, {failures} failed, {waiting} left to " +
                $"heal{(difference.Length > 0 ? ", NOT EQUAL: " + difference : "")}"));
            if (waiting == 0 && difference.Length > 0)
            {
                wrong.Add($"round {round}: {difference}");
            }

            // What is left would be in the way of the next round.
            if (waiting > 0 || difference.Length > 0)
            {
                await mount.DisposeAsync();
                await pools.DisposeAsync();
                pools = null;
            }
        }

        TestFigures.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{name} under churn with kills: {healed} of {Rounds} rounds healed to zero, {wrong.Count} of them not equal; " +
            $"{done} operations, {failed} failed for want of units; {clock.Elapsed.TotalMinutes:0} min"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // An arbiter has names only, and of the parts of a disperse group only the names are equal.
    private async Task<string> UnitsDifferAsync(string[] units, int[][] groups, Content content)
    {
        string difference = "";
        foreach (int[] group in groups)
        {
            string[] copies = [.. group.Select(unit => units[unit])];
            difference += await _manifest.DifferenceAsync(copies, hasContents: content == Content.Copies);
            difference += content == Content.Arbiter ? await _manifest.DifferenceAsync(copies[..2], hasContents: true) : "";
        }

        return difference;
    }

    // Of a disperse group also with as few units as there must be.
    private async Task<string> FreshMountDiffersAsync(
        PoolHarness pools, string pool, FuseMount mount, int[][] groups, Content content)
    {
        string[] old = await _manifest.OfMountAsync(mount.Path);
        string difference;
        await using (FuseMount fresh = await pools.MountAsync(pool))
        {
            difference = Manifest.Difference(old, await _manifest.OfMountAsync(fresh.Path));
        }

        if (content == Content.Parts && difference.Length == 0)
        {
            await pools.KillAsync(pool, groups[0][1..3]);
            await using (FuseMount fresh = await pools.MountAsync(pool))
            {
                difference = Manifest.Difference(old, await _manifest.OfMountAsync(fresh.Path));
            }

            await pools.MustAsync("start", pool);
            await pools.ConnectedAsync(pool, clients: 2);
        }

        return difference;
    }

    private enum Content
    {
        Copies,
        Arbiter,
        Parts,
    }
}

/// <summary>Kills and heals of one round.</summary>
/// <param name="pools">The pools.</param>
/// <param name="pool">The pool.</param>
/// <param name="groups">Its groups, by the numbers of their units.</param>
/// <param name="allTogether">Whether all units of a group are killed at once, instead of one.</param>
/// <param name="patience">How long to wait for the heals between two kills.</param>
internal sealed class ChurnRound(PoolHarness pools, string pool, int[][] groups, bool allTogether, TimeSpan patience)
{
    private static readonly TimeSpan s_orderEvery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Kills units while everything is being changed, one of each group at a time, the next one when the one before is healed.
    /// </summary>
    internal async Task KillAsync(Churn churn, int kills, int round)
    {
        for (int kill = 0; kill < kills; kill++)
        {
            await churn.GoOnAsync(hundreds: 8);
            await pools.KillAsync(pool, groups.SelectMany(group => allTogether ? group : [group[(round + kill) % group.Length]]));
            await churn.GoOnAsync(hundreds: allTogether ? 0 : 8);
            await pools.MustAsync("start", pool);
            await pools.ConnectedAsync(pool, clients: 2);

            // More would be lost than the pool can bear.
            if (await HealAsync(patience) > 0)
            {
                return;
            }
        }
    }

    /// <summary>Waits until nothing is left to be healed.</summary>
    /// <returns>How much is left when that takes too long.</returns>
    internal async Task<long> HealAsync(TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        var ordered = Stopwatch.StartNew();
        while (true)
        {
            long waiting = PoolHarness.CountWaiting(await pools.StatusAsync(pool));
            if (waiting == 0 || clock.Elapsed > limit)
            {
                // What was moved out of the way is removed by the next look.
                await (waiting == 0 ? SettleAsync() : Task.CompletedTask);
                return waiting;
            }

            // It looks by itself when a unit comes back, and then every few minutes.
            if (ordered.Elapsed > s_orderEvery)
            {
                await pools.TryAsync("heal", "start", pool);
                ordered.Restart();
            }

            await Task.Delay(200);
        }
    }

    private async Task SettleAsync()
    {
        await pools.TryAsync("heal", "start", pool);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < s_orderEvery && pools.Units(pool, groups.Sum(group => group.Length)).SelectMany(
            unit => Directory.GetDirectories(unit, ".glusterfs-anonymous-inode-*")).Any(directory =>
                Directory.EnumerateFileSystemEntries(directory).Any()))
        {
            await Task.Delay(100);
        }
    }
}
