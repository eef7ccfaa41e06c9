using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>
/// Directories that are moved, hard links that are removed and symlinks that are copied while a unit is away: healed every time.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
[Trait("Part", "entries")]
public sealed class MissedEntriesTests : IntegrationTest
{
    private const int Rounds = 20;

    [Fact]
    public Task In_a_mirror() => RunAsync(units => ["mirror", "3", .. units], hasArbiter: false);

    [Fact]
    public Task With_an_arbiter() => RunAsync(units => ["mirror", units[0], units[1], "arbiter", units[2]], hasArbiter: true);

    private async Task RunAsync(Func<string[], string[]> words, bool hasArbiter)
    {
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 3);
        await pools.CreateAsync("pool1", words(units));
        FuseMount mount = await pools.MountAsync("pool1");
        Manifest manifest = await Manifest.CompileAsync(Workspace);
        var clock = Stopwatch.StartNew();
        for (int round = 0; round < Rounds; round++)
        {
            string directory = Directory.CreateDirectory(mount.In($"round{round}")).FullName;
            await MissedEntries.PrepareAsync(directory);
            await pools.HealedAsync("pool1", clients: 2);
            await pools.UnlockedAsync();
            await pools.KillAsync("pool1", [round % 3]);
            await MissedEntries.MakeAsync(directory);
            await MissedEntries.MoveAndRemoveAsync(directory);
            await pools.MustAsync("start", "pool1");
            await pools.HealedAsync("pool1", clients: 2);
            await manifest.EqualAsync(units, hasContents: false);
            await manifest.EqualAsync(hasArbiter ? units[..2] : units, hasContents: true);
        }

        TestFigures.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"missed entries{(hasArbiter ? ", arbiter" : "")}: {Rounds} of {Rounds} rounds healed and equal in " +
            $"{clock.Elapsed.TotalSeconds / Rounds:0.0} s each"));
    }
}
