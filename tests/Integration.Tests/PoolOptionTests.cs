using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Options of pools, in mounts and units that run.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolOptionTests : IntegrationTest
{
    [Fact]
    public async Task Options_change_the_running_mount_and_the_running_units()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await using FileStream open = new(mount.In("open"), FileMode.Create);

        // An option of a client's translator, without a new graph.
        await pools.MustAsync("set", "pool1", "network.ping-timeout", "17");
        await Until.SoAsync(() => File.ReadAllText(mount.In(".meta/graphs/active/pool1-client-0/private")).Contains("ping_timeout = 17", StringComparison.Ordinal));

        // A layer of clients, with one.
        Assert.True(mount.HasLayer("pool1-quick-read"));
        await pools.MustAsync("set", "pool1", "performance.quick-read", "off");
        await Until.SoAsync(() => !mount.HasLayer("pool1-quick-read"));
        await open.WriteAsync("still open"u8.ToArray());
        await open.FlushAsync();

        // An option of units, and a layer of units: they start anew, one after the other.
        await pools.MustAsync("set", "pool1", "performance.io-thread-count", "7", "features.read-only", "on");
        Assert.True(IsRefused(() => File.WriteAllText(mount.In("new"), "x")));
        await pools.MustAsync("reset", "pool1", "features.read-only");
        Assert.False(IsRefused(() => File.WriteAllText(mount.In("new"), "x")));
        string options = await Command.MustAsync(Workspace.Program, "option", Path.Combine(pools.Root, "run/kadalu", Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), "pool1.*.control.sock")[0]), "pool1-io-threads");
        Assert.Contains("7", options.Split('\n').Single(line => line.Contains("thread-count", StringComparison.Ordinal)), StringComparison.Ordinal);

        await pools.MustAsync("reset", "pool1");
        await Until.SoAsync(() => mount.HasLayer("pool1-quick-read"));
        Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
    }

    [Theory]
    [InlineData("network.ping-timout", "10", "did you mean network.ping-timeout?")]
    [InlineData("network.ping-timeout", "2000", "is not seconds 0 to 1013")]
    [InlineData("cluster.quorum-type", "most", "is not none|auto|fixed")]
    [InlineData("storage.reserve", "much", "percentage or size")]
    [InlineData("performance.quick-read", "maybe", "is not on|off")]
    [InlineData("debug/io-stats.log-lovel", "DEBUG", "did you mean log-level?")]
    [InlineData("auth.allow", "10.0.0.1;10.0.0.2", "is not list of host names, addresses or networks")]
    [InlineData("network.ping-timeout", "", "")]
    public async Task Wrong_names_and_values_are_refused_and_change_nothing(string name, string value, string reason)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1", "--no-start");
        string before = Volfiles(pools);
        Command result = await pools.TryAsync(value.Length > 0 ? ["set", "pool1", name, value] : ["set", "pool1", name]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, Volfiles(pools));
    }

    [Fact]
    public async Task An_option_of_a_layer_that_is_not_there_is_set_with_a_warning()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1", "--no-start");
        Assert.Contains("warning: features.worm-file-level changes nothing: pool1 has no features/worm", await pools.MustAsync("set", "pool1", "features.worm-file-level", "on"), StringComparison.Ordinal);
        Assert.DoesNotContain("warning", await pools.MustAsync("set", "pool1", "features.worm", "on", "network.ping-timeout", "17", "debug/io-stats.log-level", "DEBUG"), StringComparison.Ordinal);
        Assert.Contains("option worm-file-level on", await pools.MustAsync("volfile", "pool1", "--kind", "unit", "--unit", $"{Environment.MachineName}:{pools.Units("pool1", 1)[0]}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_is_one_that_its_translator_has()
    {
        string all = await Command.MustAsync(Workspace.Program, "options");
        string[] unknown = [.. all.Split("\n\n").Where(option => option.Contains("says nothing", StringComparison.Ordinal)).Select(option => option.Split('\n')[0])];

        // Matched by the login module, which declares nothing.
        Assert.Equal(["auth.ssl-allow"], unknown);
        Assert.Contains("network.ping-timeout\n    seconds 0 to 1013, default 42; live; protocol/client", all, StringComparison.Ordinal);
        Assert.Contains("performance.read-ahead\n    on|off, default off; live\n    takes the layer performance/read-ahead in or out", all, StringComparison.Ordinal);
    }

    private static string Volfiles(PoolHarness pools) =>
        string.Concat(Directory.GetFiles(Path.Combine(pools.Root, "var/lib/kadalu"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => path + File.ReadAllText(path)));

    // GlusterFS's own view of a mount's graph (meta translator).

    private static bool IsRefused(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
