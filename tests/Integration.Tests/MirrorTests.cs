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
}
