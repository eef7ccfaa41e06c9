using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>A unit that neither answers nor goes away: a stopped process stands for a hung machine or a silent network.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class HungUnitTests : IntegrationTest
{
    // Ten seconds until the connection has been silent for long enough, and as many again where a request went out in between.
    private static readonly TimeSpan s_livable = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task Clients_of_a_mirror_go_on_without_a_unit_that_hangs()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "before");
        await pools.HealedAsync("pool1", clients: 2);
        string hung = (await pools.ProcessesAsync("pool1"))[1]!.Value.ToString(CultureInfo.InvariantCulture);
        await Command.MustAsync("kill", "-STOP", hung);
        try
        {
            var clock = Stopwatch.StartNew();
            await Task.Run(() => File.WriteAllText(mount.In("file"), "without it")).WaitAsync(s_livable);
            await Task.Run(() => File.WriteAllText(mount.In("new"), "without it")).WaitAsync(s_livable - clock.Elapsed);
        }
        finally
        {
            await Command.MustAsync("kill", "-CONT", hung);
        }

        await pools.HealedAsync("pool1", clients: 2);
        Assert.All(pools.Units("pool1", 3), unit => Assert.Equal("without it", File.ReadAllText(Path.Combine(unit, "file"))));
    }

    [Fact]
    public async Task Changes_of_other_pools_do_not_wait_for_a_unit_that_hangs()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        await pools.CreateAsync("pool2", "units:1");
        string hung = (await pools.ProcessesAsync("pool1"))[1]!.Value.ToString(CultureInfo.InvariantCulture);
        await Command.MustAsync("kill", "-STOP", hung);
        Task<Command> waits;
        try
        {
            waits = pools.TryAsync("set", "pool1", "performance.io-cache", "on");
            await Until.SeesAsync(
                "the definition of pool1 has the option",
                () => File.ReadAllText(Path.Combine(pools.Root, "var/lib/kadalu/pools/pool1.json")),
                definition => definition.Contains("io-cache", StringComparison.Ordinal));
            await pools.MustAsync("set", "pool2", "performance.io-cache", "on");
            await pools.CreateAsync("pool3", "units:1");
            await pools.MustAsync("stop", "pool3");
            await pools.MustAsync("delete", "pool3");
            Assert.False(waits.IsCompleted);

            // Who wants the same pool is told what to wait for.
            MustBeRefused(
                await pools.TryAsync("set", "pool1", "performance.io-cache", "off"), "changes pool1 now (kadalu task wait ");
            Assert.False(waits.IsCompleted);
        }
        finally
        {
            await Command.MustAsync("kill", "-CONT", hung);
        }

        Assert.Equal(0, (await waits).ExitCode);
        await pools.MustAsync("set", "pool1", "performance.io-cache", "off");
    }

    [Fact]
    public async Task Every_connection_of_a_running_mount_pings()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2", "tiebreaker", "ROOT/tie");
        FuseMount mount = await pools.MountAsync("pool1");
        string[] connections =
            [.. Directory.GetDirectories(mount.In(".meta/graphs/active"))
                .Where(path => File.ReadAllText(Path.Combine(path, "type")).Trim() == "protocol/client")];
        Assert.Equal(3, connections.Length);
        Assert.All(connections, path =>
            Assert.Contains("ping_timeout = 10", File.ReadAllText(Path.Combine(path, "private")), StringComparison.Ordinal));
    }
}
