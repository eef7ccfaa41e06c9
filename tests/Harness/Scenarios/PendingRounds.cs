using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness.Scenarios;

/// <summary>
/// Whenever it is said that nothing waits for being healed, nothing does: again and again, units of a pool miss files in some way
/// and come back.
/// </summary>
/// <param name="workspace">Where the pool is.</param>
internal sealed class PendingRounds(Workspace workspace)
{
    private const int Files = 20;
    private static readonly TimeSpan s_betweenWrites = TimeSpan.FromMilliseconds(50);

    private readonly PoolHarness _pools = PoolHarness.Create(workspace);

    /// <summary>A pool is deleted and made again from its directories, while one of them has missed files.</summary>
    internal async Task AdoptAsync(int rounds)
    {
        string[] words = ["mirror", "3", "units:3"];
        await _pools.CreateAsync("pool1", words);
        for (int round = 0; round < rounds; round++)
        {
            FuseMount mount = await _pools.MountAsync("pool1");
            await MissAsync(mount, round, [round % 3]);
            await mount.DisposeAsync();
            await _pools.MustAsync("stop", "pool1");
            await _pools.MustAsync("delete", "pool1");
            await _pools.CreateAsync("pool1", [.. words, "--adopt"]);
            await _pools.HealedAsync("pool1", clients: 1);
            await AssertGroupsAreAlikeAsync(round, groups: 1, withContents: true);
        }
    }

    /// <summary>Options are reset, for which units start anew, one after the other, while a program writes.</summary>
    internal async Task ResetAsync(int rounds)
    {
        await _pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await _pools.MountAsync("pool1");
        for (int round = 0; round < rounds; round++)
        {
            await _pools.MustAsync("set", "pool1", "features.leases", "on");
            using var stop = new CancellationTokenSource();
            // On a thread of its own: what fails at once never waits.
            Task writing = Task.Run(() => WriteAsync(mount, round, stop.Token), CancellationToken.None);
            await _pools.MustAsync("reset", "pool1", "--all");
            await stop.CancelAsync();
            await writing;
            await _pools.HealedAsync("pool1", clients: 2);
            await AssertGroupsAreAlikeAsync(round, groups: 1, withContents: true);
        }
    }

    /// <summary>A unit of each of two disperse groups misses files.</summary>
    internal async Task DisperseAsync(int rounds)
    {
        await _pools.CreateAsync("pool1", "data", "2", "redundancy", "1", "units:6");
        FuseMount mount = await _pools.MountAsync("pool1");
        for (int round = 0; round < rounds; round++)
        {
            await MissAsync(mount, round, [round % 3, 3 + (round % 3)]);
            await _pools.MustAsync("start", "pool1");
            await _pools.HealedAsync("pool1", clients: 2);
            await AssertGroupsAreAlikeAsync(round, groups: 2, withContents: false);
        }
    }

    private async Task MissAsync(FuseMount mount, int round, int[] units)
    {
        await mount.ConnectedAsync("pool1", units.Length == 1 ? 3 : 6);
        await _pools.UnlockedAsync();
        await _pools.KillAsync("pool1", units);
        await Until.SeesAsync(
            $"{Name(round)} can be made without the units {string.Join(", ", units)}",
            () => Command.RunAsync("mkdir", mount.In(Name(round))),
            made => made.ExitCode == 0 || Directory.Exists(mount.In(Name(round))), () => mount.LogText);
        for (int file = 0; file < Files; file++)
        {
            await File.WriteAllTextAsync(mount.In($"{Name(round)}/file{file}"), $"{round} {file}");
        }
    }

    private static async Task WriteAsync(FuseMount mount, int round, CancellationToken stop)
    {
        string directory = mount.In(Name(round));
        Directory.CreateDirectory(directory);
        for (int file = 0; !stop.IsCancellationRequested; file++)
        {
            // Not as fast as it can: heals of twenty files that are always being written come to no end.
            await Task.Delay(s_betweenWrites, CancellationToken.None);
            try
            {
                await File.WriteAllTextAsync(
                    Path.Combine(directory, $"file{file % Files}"), $"{round} {file}", CancellationToken.None);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The mount is changing graphs, or the pool is read-only for a moment: it is what is written that has to be
                // alike.
            }
        }
    }

    private async Task AssertGroupsAreAlikeAsync(int round, int groups, bool withContents)
    {
        foreach (string[] group in _pools.Units("pool1", 3 * groups).Chunk(3))
        {
            string[] seen = await Task.WhenAll(group.Select(unit => UnitTree.ReadAsync(unit, withContents)));
            Assert.True(
                seen.Distinct().Count() == 1,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round}: nothing had to be healed, and the units differ:\n{string.Join("\n--\n", seen)}"));
        }
    }

    private static string Name(int round) => string.Create(CultureInfo.InvariantCulture, $"round{round}");
}
