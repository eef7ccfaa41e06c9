using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What a pool sets for the processes of its units, and what is set on one machine only.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolSettingTests : IntegrationTest
{
    [Fact]
    public async Task Settings_come_with_the_pool_and_are_pending_until_units_are_restarted()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        string[] units = pools.Units("pool1", 2);
        int?[] before = await pools.ProcessesAsync("pool1");

        string said = await pools.MustAsync("set", "pool1", "unit.log-level", "DEBUG");
        Assert.Contains("takes effect: unit.log-level; --restart", said, StringComparison.Ordinal);
        Assert.Equal(before, await pools.ProcessesAsync("pool1"));
        Assert.All(
            (await pools.StatusAsync("pool1"))["units"]!.AsArray(),
            unit => Assert.Equal(["unit.log-level"], unit!["pending"]!.AsArray().Select(name => (string)name!)));
        Assert.Equal(["INFO", "INFO"], await LevelsAsync(pools, units));
        string told = await Command.MustAsync(
            "env", $"KADALU_FSD_ROOT={pools.Root}", Workspace.Program, "log-level", $"{Environment.MachineName}:{units[1]}");
        Assert.Equal("INFO\n", told);

        MustBeRefused(await pools.TryAsync("set", "pool1", "unit.log-level", "LOUD"), "unit.log-level: \"LOUD\" is not CRITICAL");
        MustBeRefused(await pools.TryAsync("set", "pool1", "unit.port", "1"), "units have no setting \"port\"");
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Ports.Free()}");
        MustBeRefused(await pools.TryAsync("set", "pool1", "unit.metrics-listen", address), "would have the same");

        await pools.MustAsync("set", "pool1", $"{units[1]}.unit.metrics-listen", address, "--restart");
        Assert.All((await pools.ProcessesAsync("pool1")).Zip(before), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Equal(["DEBUG", "DEBUG"], await LevelsAsync(pools, units));
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        Assert.Equal("ok\n", await client.GetStringAsync(new Uri("/readyz", UriKind.Relative)));

        // They stay through a stop and a start, and go with a reset.
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("start", "pool1");
        Assert.Equal(["DEBUG", "DEBUG"], await LevelsAsync(pools, units));
        await pools.MustAsync("reset", "pool1", "--all", "--restart");
        Assert.Equal(["INFO", "INFO"], await LevelsAsync(pools, units));
    }

    [Fact]
    public async Task What_units_append_to_is_a_path_of_its_own()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1");
        string unit = pools.Units("pool1", 1)[0];
        foreach ((string path, string reason) in new[]
        {
            ("-", "\"-\" is not a path from /"), ("log/unit.log", "\"log/unit.log\" is not a path from /"),
            ($"{pools.Root}/var/lib/kadalu/pools/pool1.json", "is among the files of pools"),
            ($"{pools.Root}/tmp/../etc/kadalu/x", "is among the files of pools"),
        })
        {
            foreach (string setting in (string[])["log", "access-log"])
            {
                MustBeRefused(await pools.TryAsync("set", "pool1", $"{unit}.unit.{setting}", path), $"unit.{setting}: ");
                MustBeRefused(await pools.TryAsync("set", "pool1", $"{unit}.unit.{setting}", path), reason);
            }
        }
    }

    [Fact]
    public async Task A_unit_s_option_has_one_name_however_it_is_written()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1", "--no-start");
        string unit = pools.Units("pool1", 1)[0];
        string name = $"{Environment.MachineName}:{unit}.unit.log-level";
        await pools.MustAsync("set", "pool1", $"{unit}.unit.log-level", "DEBUG");
        Assert.Equal([name], (await pools.StatusAsync("pool1"))["options"]!.AsObject().Select(option => option.Key));
        MustBeRefused(
            await pools.TryAsync("set", "pool1", $"{unit}.unit.log-level", "INFO", name, "TRACE"),
            $"{name} is to be INFO and TRACE: which one?");
        await pools.MustAsync("reset", "pool1", $"{unit}.unit.log-level");
        Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
        MustBeRefused(
            await pools.TryAsync("set", "pool1", $"{Environment.MachineName}:{unit}9.unit.log-level", "INFO"),
            $"pool1 has no unit \"{Environment.MachineName}:{unit}9\"");
        MustBeRefused(await pools.TryAsync("set", "pool1", "network.ping-timeout"), "network.ping-timeout has no value");
        await pools.MustAsync("set", "pool1", "network.ping-timeout=7");
        Assert.Equal("7", (string?)(await pools.StatusAsync("pool1"))["options"]!["network.ping-timeout"]);
        MustBeRefused(
            await pools.TryAsync("set", "pool1", "network.ping-timeout", "7", "--restrt"), "there is no option --restrt");
    }

    [Fact]
    public async Task A_machine_s_own_file_that_cannot_be_obeyed_is_no_file_that_is_passed_over()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1");
        string local = Path.Combine(pools.Root, "etc/kadalu-fsd", KeyOf(pools, pools.Units("pool1", 1)[0]) + ".local.json");
        Directory.CreateDirectory(Path.GetDirectoryName(local)!);
        await pools.MustAsync("stop", "pool1");
        const UnixFileMode OfOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode OfAll = OfOwner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead |
            UnixFileMode.OtherWrite;
        (string? Content, string Reason, UnixFileMode Mode)[] files =
        [
            ("{\"port\": 5000}", "there is no option \"port\"", OfOwner),
            ("{\"control\": \"/x\"}", "there is no option \"control\"", OfOwner),
            ("{\"log-level\": \"TRACE\"}", "others may change it", OfAll),
            (null, "it is not a file", OfOwner),
        ];
        foreach ((string? content, string reason, UnixFileMode mode) in files)
        {
            File.Delete(local);
            if (content is null)
            {
                await Command.MustAsync("mkfifo", local);
            }
            else
            {
                await File.WriteAllTextAsync(local, content);
                File.SetUnixFileMode(local, mode);
            }

            MustBeRefused(await pools.TryAsync("start", "pool1"), $"{local}: {reason}");
            string status = (await pools.TryAsync("status", "pool1")).Output;
            Assert.Contains($"it ended with exit code 2 at {DateTime.UtcNow:yyyy-MM-dd}", status, StringComparison.Ordinal);
            Assert.Contains($"UTC: {local}: {reason}", status, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_set_on_one_machine_wins_and_is_never_written()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:2");
        string[] units = pools.Units("pool1", 2);
        string local = Path.Combine(pools.Root, "etc/kadalu-fsd", KeyOf(pools, units[1]) + ".local.json");
        Directory.CreateDirectory(Path.GetDirectoryName(local)!);
        const string Text = "// ours\n{ \"log-level\": \"TRACE\" }\n";
        await File.WriteAllTextAsync(local, Text);
        await pools.MustAsync("stop", "pool1");
        await pools.MustAsync("start", "pool1");
        Assert.Equal(["INFO", "TRACE"], await LevelsAsync(pools, units));
        await pools.MustAsync("set", "pool1", "unit.log-level", "ERROR", "--restart");
        Assert.Equal(["ERROR", "TRACE"], await LevelsAsync(pools, units));
        Assert.Equal(Text, await File.ReadAllTextAsync(local));
    }

    [Fact]
    public async Task A_unit_that_somebody_has_stopped_stays_so_when_an_option_is_set()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        string unit = pools.Units("pool1", 2)[1];
        await Command.MustAsync(Workspace.Program, "stop", ControlOf(pools, unit));
        await Until.SoAsync("the unit has stopped", async () => (await pools.ProcessesAsync("pool1"))[1] is null);
        await pools.MustAsync("set", "pool1", "network.ping-timeout", "7");
        Assert.Null((await pools.ProcessesAsync("pool1"))[1]);
        await pools.MustAsync("start", "pool1");
        Assert.NotNull((await pools.ProcessesAsync("pool1"))[1]);
    }

    [Fact]
    public async Task Units_without_second_copies_are_not_restarted_under_their_clients_unless_that_is_said()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        int?[] before = await pools.ProcessesAsync("pool1");
        MustBeRefused(await pools.TryAsync("set", "pool1", "features.leases", "on"), "clients would get errors meanwhile");
        Assert.Equal(before, await pools.ProcessesAsync("pool1"));
        Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
        await pools.MustAsync("set", "pool1", "features.leases", "on", "--restart");
        Assert.NotEqual(before, await pools.ProcessesAsync("pool1"));
    }

    [Fact]
    public async Task A_layer_that_can_be_switched_is_switched_under_a_writer_that_has_no_second_copy()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1");
        FuseMount mount = await pools.MountAsync("pool1");
        int?[] before = await pools.ProcessesAsync("pool1");
        using var stop = new CancellationTokenSource();
        Task<int> writing = Task.Run(() => WriteAsync(mount, stop.Token), CancellationToken.None);
        foreach (string option in (string[])["features.cache-invalidation", "features.selinux", "changelog.changelog", "performance.client-io-threads"])
        {
            await pools.MustAsync("set", "pool1", option, "on");
            await pools.MustAsync("set", "pool1", option, "off");
        }

        await stop.CancelAsync();
        Assert.InRange(await writing, 1, int.MaxValue);
        await pools.MustAsync("set", "pool1", "features.worm", "on");
        Assert.Contains(
            "Read-only file system", Assert.ThrowsAny<IOException>(() => File.WriteAllText(mount.In("0"), "again")).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, await pools.ProcessesAsync("pool1"));
        Assert.NotEmpty(
            Directory.GetFiles(
                Path.Combine(pools.Units("pool1", 1)[0], ".glusterfs/changelogs"), "CHANGELOG.*", SearchOption.AllDirectories));
    }

    // Writes files until it is told to stop; how many they are.
    private static async Task<int> WriteAsync(FuseMount mount, CancellationToken stop)
    {
        int number = 0;
        for (; !stop.IsCancellationRequested; number++)
        {
            await File.WriteAllTextAsync(mount.In($"{number % 100}"), "text", CancellationToken.None);
        }

        return number;
    }

    [Fact]
    public async Task A_pool_has_a_port_for_volfiles_and_can_be_mounted_by_its_id()
    {
        var pools = PoolHarness.Create(Workspace);
        string said = await pools.CreateAsync("pool1", "units:1");
        JsonNode status = await pools.StatusAsync("pool1");
        int port = (int)status["port"]!;
        Assert.InRange(port, 24100, 24198);
        Assert.Contains($"mount -t kadalu -o port={port} {Environment.MachineName}:/pool1 DIR", said, StringComparison.Ordinal);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, port, (string)status["id"]!);
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(pools.Units("pool1", 1)[0], "file")));
        await pools.CreateAsync("pool2", "units:1");
        Assert.NotEqual(port, (int)(await pools.StatusAsync("pool2"))["port"]!);
    }

    private static async Task<string[]> LevelsAsync(PoolHarness pools, string[] units)
    {
        var levels = new List<string>();
        foreach (string unit in units)
        {
            levels.Add((await new ControlSocket(ControlOf(pools, unit)).GetJsonAsync("/v1/log")).GetProperty("level").GetString()!);
        }

        return [.. levels];
    }

    private static string KeyOf(PoolHarness pools, string unit) =>
        Path.GetFileName(ControlOf(pools, unit)).Replace(".control.sock", "", StringComparison.Ordinal);

    private static string ControlOf(PoolHarness pools, string unit) => Assert.Single(
        Directory.GetFiles(Path.Combine(pools.Root, "run/kadalu"), $"pool1.*{unit.Trim('/').Replace('/', '-')}.control.sock"));
}
