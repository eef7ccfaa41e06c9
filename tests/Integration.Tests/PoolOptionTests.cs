using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;
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
        await Until.SeesAsync(
            "the mount has the new timeout", () => File.ReadAllText(mount.In(".meta/graphs/active/pool1-client-0/private")),
            text => text.Contains("ping_timeout = 17", StringComparison.Ordinal));

        // A layer of clients, with one.
        Assert.True(mount.HasLayer("pool1-quick-read"));
        await pools.MustAsync("set", "pool1", "performance.quick-read", "off");
        await Until.SoAsync(
            "the mount has a graph without quick-read", () => !mount.HasLayer("pool1-quick-read"), () => mount.LogText);
        await open.WriteAsync("still open"u8.ToArray());
        await open.FlushAsync();

        // An option of units, and a layer of units: they start anew, one after the other.
        int?[] running = await pools.ProcessesAsync("pool1");
        await pools.MustAsync("set", "pool1", "performance.io-thread-count", "7", "features.leases", "on");
        Assert.Empty(running.Intersect(await pools.ProcessesAsync("pool1")));

        // One that can be switched in a running unit.
        running = await pools.ProcessesAsync("pool1");
        await pools.MustAsync("set", "pool1", "features.read-only", "on");
        Assert.True(IsRefused(() => File.WriteAllText(mount.In("new"), "x")));
        await pools.MustAsync("reset", "pool1", "features.read-only");
        Assert.Equal(running, await pools.ProcessesAsync("pool1"));
        Assert.False(IsRefused(() => File.WriteAllText(mount.In("new"), "x")));
        string options =
            await Command.MustAsync(
                Workspace.Program, "option",
                Path.Combine(pools.Root, "run/kadalu",
                    Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), "pool1.*.control.sock")[0]), "pool1-io-threads");
        Assert.Contains(
            "7", options.Split('\n').Single(line => line.Contains("thread-count", StringComparison.Ordinal)),
            StringComparison.Ordinal);

        await pools.MustAsync("reset", "pool1", "--all");
        await Until.SoAsync(
            "the mount has a graph with quick-read", () => mount.HasLayer("pool1-quick-read"), () => mount.LogText);
        Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
    }

    /// <summary>
    /// With it units note which names a heal is to look at; what was changed without it, no later heal would look at.
    /// </summary>
    [Fact]
    [Trait("Size", "long")]
    public async Task Names_are_noted_again_only_when_nothing_waits_for_being_healed()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        FuseMount mount = await pools.MountAsync("pool1");
        await pools.MustAsync("set", "pool1", "cluster.granular-entry-heal", "off", "cluster.self-heal-daemon", "off");
        await pools.HealedAsync("pool1", clients: 2);
        await pools.KillAsync("pool1", [2]);
        Directory.CreateDirectory(mount.In("missed"));
        foreach (
            string[] on in new string[][] { ["set", "pool1", "cluster.granular-entry-heal", "on"],
                ["reset", "pool1", "cluster.granular-entry-heal"], ["reset", "pool1", "--all"] })
        {
            Command refused = await pools.TryAsync(on);
            Assert.Equal(11, refused.ExitCode);
            Assert.Contains("only while nothing has to be healed", refused.Error, StringComparison.Ordinal);
        }

        // Nor when nobody can be asked.
        await pools.MustAsync("stop", "pool1");
        Assert.Contains(
            "files wait", (await pools.TryAsync("reset", "pool1", "cluster.granular-entry-heal")).Error,
            StringComparison.Ordinal);
        await pools.MustAsync("set", "pool1", "cluster.self-heal-daemon", "on");
        await pools.MustAsync("start", "pool1");
        await pools.HealedAsync("pool1", clients: 2);
        await pools.MustAsync("reset", "pool1", "cluster.granular-entry-heal");
        Assert.True(Directory.Exists(Path.Combine(pools.Units("pool1", 3)[2], "missed")));
    }

    [Theory]
    [InlineData("network.ping-timout", "10", "did you mean network.ping-timeout?")]
    [InlineData("network.ping-timeout", "2000", "is not seconds from 0 to 1013")]
    [InlineData("cluster.quorum-type", "most", "is not none|auto|fixed")]
    [InlineData("storage.reserve", "much", "percentage or size")]
    [InlineData("performance.quick-read", "maybe", "is not on|off")]
    [InlineData("debug/io-stats.log-lovel", "DEBUG", "did you mean log-level?")]
    [InlineData("auth.allow", "10.0.0.1;10.0.0.2", "is not a list of host names, addresses or networks")]
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

    // Each was taken once, and then nothing could be set, started or mounted any more.
    [Fact]
    public async Task Values_that_break_a_pool_are_refused_and_the_pool_goes_on()
    {
        // Other tests try as well, in the usual place.
        string temporary = Workspace.Create("tmp");
        var pools = PoolHarness.Create(Workspace);
        pools.Set(("TMPDIR", temporary));
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        FuseMount mount = await pools.MountAsync("pool1");
        DirectoryInfo left = Directory.CreateDirectory(
            Path.Combine(temporary, "kadalu-fsd-trial-left"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(Path.Combine(left.FullName, "log"), "killed");
        left.LastWriteTimeUtc = DateTime.UtcNow.AddHours(-1);
        string before = Volfiles(pools);
        foreach ((string name, string value) in new[]
        {
            ("storage.reserve", "5.5"), ("cluster.min-free-disk", "12.5"), ("cluster.min-free-disk", "1.3KB"),
            ("performance.quick-read-cache-size", "9223372036854775808"),
            ("performance.aggregate-size", "18446744073709551616"), ("cluster.read-subvolume", "5"),
            ("network.ping-timeout", "08"), ("cluster.quorum-count", "3"), ("locks.mandatory-locking", "bogus"),
            ("storage/posix.directory", "/etc"), ("cluster/replicate.volume-id", "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11"),

            // Whole numbers of any size by what the translators say, and of 32 bits when they start.
            ("storage.max-hardlinks", "99999999999"), ("features.locks-revocation-max-blocked", "99999999999"),
        })
        {
            Command result = await pools.TryAsync("set", "pool1", name, value);
            Assert.True(result.ExitCode == 11, $"{name} {value}: {result.ExitCode} {result.Error}");
            Assert.Equal(before, Volfiles(pools));
        }

        await pools.MustAsync(
            "set", "pool1", "storage.reserve", "5.5%", "cluster.min-free-disk", "13KB", "network.ping-timeout", "010");
        await Until.SeesAsync(
            "the mount has the new timeout", () => File.ReadAllText(mount.In(".meta/graphs/active/pool1-client-0/private")),
            text => text.Contains("ping_timeout = 8", StringComparison.Ordinal));
        await File.WriteAllTextAsync(mount.In("file"), "text");

        // Nothing is left of what was tried, nor of what a killed command has tried.
        Assert.Empty(Directory.GetDirectories(temporary));
    }

    // An earlier version took what this one would not.
    [Fact]
    [Trait("Size", "long")]
    public async Task What_was_let_through_once_does_not_keep_anything_else_from_being_set()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2", "--no-start");
        await pools.EditAsync("pool1", definition => definition["options"] = new JsonObject { ["cluster.quorum-count"] = "3" });
        await pools.MustAsync("set", "pool1", "performance.io-cache", "on");
        Assert.NotEqual(0, (await pools.TryAsync("set", "pool1", "cluster.quorum-count", "4")).ExitCode);
        await pools.MustAsync("reset", "pool1", "cluster.quorum-count");
    }

    [Fact]
    public async Task What_one_unit_refuses_is_taken_back_from_all()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:2", "--no-start");

        // Nobody looks at directories meanwhile, and ends a unit before its time.
        await pools.MustAsync("set", "pool1", "storage.health-check-interval", "0");
        await pools.MustAsync("start", "pool1");
        string before = Options(pools);
        string broken = pools.Units("pool1", 2)[1];

        // It serves on for a moment, and cannot start anew: it is not known as this pool's any more.
        string id = "0x" + Guid.Parse((string)(await pools.StatusAsync("pool1"))["id"]!)
            .ToString("N", System.Globalization.CultureInfo.InvariantCulture);
        await Command.MustAsync("setfattr", "-x", "trusted.glusterfs.volume-id", broken);
        Command result = await pools.TryAsync("set", "pool1", "features.leases", "on");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("the options are", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, Options(pools));
        string first = (await pools.StatusAsync("pool1"))["units"]![0]!["processId"]!.ToString();
        string control = Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), "pool1.*u1.control.sock").Single();
        Assert.DoesNotContain(
            "features/leases", await Command.MustAsync(Workspace.Program, "status", control), StringComparison.Ordinal);
        Assert.NotEmpty(first);
        Assert.DoesNotContain(
            "features/leases",
            string.Concat(Directory.GetFiles(Path.Combine(pools.Root, "var/lib/kadalu/volfiles")).Select(File.ReadAllText)),
            StringComparison.Ordinal);

        await Command.MustAsync("setfattr", "-n", "trusted.glusterfs.volume-id", "-v", id, broken);
        await pools.MustAsync("start", "pool1");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "text");
    }

    [Theory]
    [InlineData(3)]
    [LongData(10)]
    public async Task Values_are_taken_or_refused_as_by_glusterd(int valuesOfEach) => await new ValuesBesideGlusterd(Workspace).RunAsync(
        ["storage.reserve", "cluster.quorum-count", "network.ping-timeout", "performance.quick-read-cache-size",
            "locks.mandatory-locking", "cluster.min-free-disk"], valuesOfEach);

    [Fact]
    public async Task An_option_of_a_layer_that_is_not_there_is_set_with_a_warning()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1", "--no-start");
        Assert.Contains(
            "warning: features.lease-lock-recall-timeout changes nothing: pool1 has no features/leases",
            await pools.MustAsync("set", "pool1", "features.lease-lock-recall-timeout", "30"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "warning",
            await pools.MustAsync("set", "pool1", "features.leases", "on", "network.ping-timeout", "17", "debug/io-stats.log-level",
                "DEBUG"), StringComparison.Ordinal);
        Assert.Contains(
            "option lease-lock-recall-timeout 30",
            await pools.MustAsync("volfile", "pool1", "--kind", "unit", "--unit",
                $"{Environment.MachineName}:{pools.Units("pool1", 1)[0]}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_is_one_that_its_translator_has()
    {
        string all = await Command.MustAsync(Workspace.Program, "options");
        string[] unknown =
            [.. all.Split("\n\n").Where(option => option.Contains("does not describe it", StringComparison.Ordinal))
                .Select(option => option.Split('\n')[0])];

        // Matched by the login module, which declares nothing.
        Assert.Equal(["auth.ssl-allow"], unknown);
        Assert.Contains(
            "network.ping-timeout\n    seconds from 0 to 1013, default 42; live; protocol/client", all, StringComparison.Ordinal);
        Assert.Contains(
            "performance.read-ahead\n    on|off, default off; live\n    adds or removes the layer performance/read-ahead", all,
            StringComparison.Ordinal);
        Assert.Contains(
            "features.worm\n    on|off, default off; live\n    switches the layer features/worm", all, StringComparison.Ordinal);
        Assert.Contains(
            "features.leases\n    on|off, default off; needs a restart of units\n    adds or removes", all, StringComparison.Ordinal);
    }

    private static string Options(PoolHarness pools) =>
        System.Text.Json.Nodes.JsonNode.Parse(
            File.ReadAllText(Path.Combine(pools.Root, "var/lib/kadalu/pools/pool1.json")))!["options"]!.ToJsonString();

    private static string Volfiles(PoolHarness pools) =>
        string.Concat(
            new[] { "pools", "volfiles" }.SelectMany(kept => Directory.GetFiles(Path.Combine(pools.Root, "var/lib/kadalu", kept)))
            .Order(StringComparer.Ordinal).Select(path => path + File.ReadAllText(path)));

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
