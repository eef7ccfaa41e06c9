using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;

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
    public async Task Every_connection_of_a_running_mount_pings()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2", "tiebreaker", "ROOT/tie");
        FuseMount mount = await pools.MountAsync("pool1");
        string[] connections = [.. Directory.GetDirectories(mount.In(".meta/graphs/active")).Where(path => File.ReadAllText(Path.Combine(path, "type")).Trim() == "protocol/client")];
        Assert.Equal(3, connections.Length);
        Assert.All(connections, path => Assert.Contains("ping_timeout = 10", File.ReadAllText(Path.Combine(path, "private")), StringComparison.Ordinal));
    }
}
