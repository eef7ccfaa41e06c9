using System.Diagnostics;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Three units, one mirror.</summary>
public sealed class MirrorTests : IntegrationTest
{
    private static readonly TimeSpan s_limit = Patience.Limit;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_unit_may_die_and_come_back_under_a_mount(int victim)
    {
        UnitDefinition[] units =
        [
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u1"),
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u2"),
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u3"),
        ];
        await WriteVolfileAsync("mirror", ClientVolfile.Mirror(units));
        UnitProcess[] processes = await Task.WhenAll(units.Select(unit => UnitProcess.StartAsync(Workspace, unit)));
        FuseMount mount = await FuseMount.CreateAsync(Workspace, units[0].Port, "mirror");
        await File.WriteAllTextAsync(mount.In("before"), "1");
        Assert.All(units, unit => Assert.Equal("1", File.ReadAllText(Path.Combine(unit.Directory, "before"))));

        await processes[victim].KillAsync();
        await File.WriteAllTextAsync(mount.In("during"), "2");
        Assert.Equal("1", await File.ReadAllTextAsync(mount.In("before")));
        Assert.Equal("2", await File.ReadAllTextAsync(mount.In("during")));
        Assert.All(units, unit => Assert.Equal(unit != units[victim], File.Exists(Path.Combine(unit.Directory, "during"))));

        // The client tries again every few seconds; it brings the unit's directory up to date once it has found it.
        await UnitProcess.StartAsync(Workspace, units[victim]);
        var clock = Stopwatch.StartNew();
        while (!File.Exists(Path.Combine(units[victim].Directory, "during")))
        {
            Assert.True(clock.Elapsed < s_limit, $"not healed: {await File.ReadAllTextAsync(mount.Log)}");
            Assert.Equal(2, Directory.GetFileSystemEntries(mount.Path).Length);
            await Task.Delay(100);
        }

        await File.WriteAllTextAsync(mount.In("after"), "3");
        Assert.All(units, unit => Assert.Equal("3", File.ReadAllText(Path.Combine(unit.Directory, "after"))));
    }

    /// <summary>
    /// What the unit says of its clients comes earlier: who kills the next unit then takes the majority away. See
    /// docs/design/clients-and-lost-units.md.
    /// </summary>
    [Fact]
    public async Task A_unit_that_is_back_counts_for_a_client_only_when_the_files_of_the_client_are_open_there_again()
    {
        UnitDefinition[] units =
            [.. await Task.WhenAll(
                Enumerable.Range(1, 3).Select(number => UnitDefinition.CreateAsync(Workspace, "mirror", $"u{number}")))];
        await WriteVolfileAsync("mirror", ClientVolfile.Mirror(units));
        UnitProcess[] processes = await Task.WhenAll(units.Select(unit => UnitProcess.StartAsync(Workspace, unit)));
        FuseMount mount = await FuseMount.CreateAsync(Workspace, units[0].Port, "mirror");
        await using var held = new FileStream(mount.In("held"), FileMode.Create);
        await Until.SeesAsync("all units count", () => mount.UpUnits("mirror-replicate-0"), up => up is [true, true, true]);

        await processes[0].KillAsync();
        string volfile = await File.ReadAllTextAsync(units[0].Volfile);
        await File.WriteAllTextAsync(
            units[0].Volfile,
            volfile.Replace("subvolumes mirror-locks", "subvolumes mirror-slow", StringComparison.Ordinal).Replace(
                "volume mirror-simple-quota",
                "volume mirror-slow\n    type debug/delay-gen\n    option delay-percentage 100\n    option delay-duration " +
                "15000000\n    option enable OPEN\n    subvolumes mirror-locks\nend-volume\n\nvolume mirror-simple-quota",
                StringComparison.Ordinal));
        var control = new ControlSocket(Workspace.Path("u1.control.sock"));
        await UnitProcess.StartAsync(Workspace, units[0], "--control", control.Path);
        await Until.SeesAsync(
            "the first unit has its client back", async () => (await control.GetMetricsAsync())["clients"],
            clients => clients == 1);
        Assert.Equal([false, true, true], mount.UpUnits("mirror-replicate-0"));

        await processes[1].KillAsync();
        IOException refused = Assert.Throws<IOException>(() => File.WriteAllText(mount.In("new"), "1"));
        Assert.Contains("Transport endpoint is not connected", refused.Message, StringComparison.OrdinalIgnoreCase);
        await Until.SeesAsync("the first unit counts", () => mount.UpUnits("mirror-replicate-0"), up => up is [true, ..]);
        await File.WriteAllTextAsync(mount.In("new"), "1");
    }
}
