using System.Text.Json;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What becomes of a unit whose disk fills up, fails, or goes away: on a small file system of its own.</summary>
public sealed class HealthTests : IntegrationTest
{
    private const int DirectoryFailed = 10;

    private ControlSocket Control => new(Workspace.Path("control"));

    [Fact]
    public async Task A_full_disk_degrades_and_space_mends_it()
    {
        (LoopFileSystem disk, UnitDefinition unit, UnitProcess process) = await StartAsync("--health-interval", "0.1");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await WriteSyncedAsync(mount.In("kept"), "kept");
        Command filling = await Command.RunAsync("dd", "if=/dev/zero", $"of={mount.In("filler")}", "bs=64k", "conv=fsync");
        Assert.NotEqual(0, filling.ExitCode);
        Assert.Contains("No space left on device", filling.Error, StringComparison.Ordinal);

        await StateAsync("degraded", "disk-full");
        Dictionary<string, double> metrics = await Control.GetMetricsAsync();
        Assert.Equal(
            (1, 1, 0),
            (metrics["health_problem{code=\"disk-full\"}"], metrics["health{state=\"degraded\"}"],
                metrics["health_check_failures_total"]));
        Assert.Contains("disk-full", await Control.GetAsync("/readyz"), StringComparison.Ordinal);
        Assert.Equal("kept", await File.ReadAllTextAsync(mount.In("kept")));

        File.Delete(mount.In("filler"));
        await StateAsync("ready", null);
        await WriteSyncedAsync(mount.In("again"), "again");
        Assert.Equal("again", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "again")));
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains("MSGID: 3032", process.LogText, StringComparison.Ordinal);
        GC.KeepAlive(disk);
    }

    [Fact]
    public async Task Running_out_of_inodes_degrades()
    {
        (LoopFileSystem disk, UnitDefinition unit, UnitProcess process) =
            await StartAsync(["-N", "512"], "--health-interval", "0.1");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await WriteSyncedAsync(mount.In("kept"), "kept");
        await Command.RunAsync("sh", "-c", $"i=0; while : > {disk.Path}/other$i; do i=$((i + 1)); done");
        await StateAsync("degraded", "inodes-exhausted");
        Assert.Equal(1, (await Control.GetMetricsAsync())["health_problem{code=\"inodes-exhausted\"}"]);
        Assert.NotEqual(0, (await Command.RunAsync("sh", "-c", $": > {mount.In("new")}")).ExitCode);
        Assert.Equal("kept", await File.ReadAllTextAsync(mount.In("kept")));
        await Command.MustAsync("sh", "-c", $"rm {disk.Path}/other*");
        await StateAsync("ready", null);
        await WriteSyncedAsync(mount.In("new"), "new");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task A_disk_that_has_become_read_only_ends_the_unit()
    {
        (LoopFileSystem disk, UnitDefinition unit, UnitProcess process) =
            await StartAsync("--health-interval", "0.1", "--health-failures", "100");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await WriteSyncedAsync(mount.In("kept"), "kept");
        await disk.RemountAsync("ro");
        await StateAsync("degraded", "read-only");
        Dictionary<string, double> metrics = await Control.GetMetricsAsync();
        Assert.Equal((1, 1), (metrics["health_problem{code=\"read-only\"}"], metrics["filesystem_readonly"]));
        Assert.Equal(DirectoryFailed, await process.WaitAsync());
        Assert.Contains("MSGID: 3030", process.LogText, StringComparison.Ordinal);
        Assert.Contains("read-only", await process.ErrorTextAsync(), StringComparison.Ordinal);

        await disk.RemountAsync("rw");
        await UnitProcess.StartAsync(Workspace, unit);
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "kept")));
    }

    [Fact]
    public async Task A_disk_that_is_unmounted_beneath_ends_the_unit_at_once()
    {
        (LoopFileSystem disk, UnitDefinition unit, UnitProcess process) = await StartAsync("--health-interval", "600");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await WriteSyncedAsync(mount.In("kept"), "kept");
        await disk.UnmountAsync();
        Assert.Equal(DirectoryFailed, await process.WaitAsync());
        Assert.Contains("directory-missing", await process.ErrorTextAsync(), StringComparison.Ordinal);
        await mount.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));

        await disk.MountAsync();
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "kept")));
        await UnitProcess.StartAsync(Workspace, unit);
    }

    [Fact]
    public async Task Another_file_system_over_the_directory_ends_the_unit_at_once()
    {
        (_, UnitDefinition unit, UnitProcess process) = await StartAsync("--health-interval", "600");
        await Command.MustAsync("mount", "-t", "tmpfs", "tmpfs", unit.Directory);
        try
        {
            Assert.Equal(DirectoryFailed, await process.WaitAsync());
            Assert.Contains("wrong-file-system", await process.ErrorTextAsync(), StringComparison.Ordinal);
        }
        finally
        {
            await Command.MustAsync("umount", unit.Directory);
        }
    }

    [Fact]
    public async Task A_directory_that_was_moved_away_or_is_another_volumes_ends_the_unit()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--health-interval", "0.1");
        Directory.Move(unit.Directory, unit.Directory + ".moved");
        Assert.Equal(DirectoryFailed, await process.WaitAsync());
        Assert.Contains("directory-missing", await process.ErrorTextAsync(), StringComparison.Ordinal);

        Directory.Move(unit.Directory + ".moved", unit.Directory);
        process = await UnitProcess.StartAsync(Workspace, unit, "--health-interval", "0.1");
        await UnitDefinition.SetVolumeIdAsync(unit.Directory, Guid.NewGuid());
        Assert.Equal(DirectoryFailed, await process.WaitAsync());
        Assert.Contains("wrong-volume", await process.ErrorTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_noticed_and_may_come_back()
    {
        (LoopFileSystem disk, _, UnitProcess process) =
            await StartAsync("--health-interval", "0.1", "--health-timeout", "0.3", "--health-failures", "1000");
        await disk.FreezeAsync();
        await StateAsync("degraded", "timeout");
        await disk.ThawAsync();
        await StateAsync("ready", null);
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_for_long_ends_the_unit()
    {
        (LoopFileSystem disk, _, UnitProcess process) =
            await StartAsync("--health-interval", "0.1", "--health-timeout", "0.2", "--health-failures", "3");
        await disk.FreezeAsync();
        await Until.LoggedAsync("the unit says that the disk does not answer", process.Log, "MSGID: 3030");

        // The kernel holds a process whose write it holds.
        await disk.ThawAsync();
        Assert.Equal(DirectoryFailed, await process.WaitAsync());
        Assert.Contains("timeout", await process.ErrorTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lack_of_asynchronous_io_is_no_failure()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(
            unit.Volfile,
            volfile.Replace(
                "    type storage/posix\n", "    type storage/posix\n    option health-check-interval 1\n",
                StringComparison.Ordinal));
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        string limit = (await File.ReadAllTextAsync("/proc/sys/fs/aio-max-nr")).Trim();
        try
        {
            // As many as there are in use: nobody gets another.
            await File.WriteAllTextAsync("/proc/sys/fs/aio-max-nr", await File.ReadAllTextAsync("/proc/sys/fs/aio-nr"));
            await Until.SeesAsync(
                "the directory has been checked three times",
                async () => (await Control.GetMetricsAsync())["health_checks_total"], checks => checks >= 3);
            Assert.Equal("ready", (await StatusAsync()).GetProperty("state").GetString());
        }
        finally
        {
            await File.WriteAllTextAsync("/proc/sys/fs/aio-max-nr", limit);
        }

        Assert.Equal(0, await process.StopAsync());
    }

    private Task<(LoopFileSystem Disk, UnitDefinition Unit, UnitProcess Process)> StartAsync(params string[] arguments) =>
        StartAsync([], arguments);

    private async Task<(LoopFileSystem Disk, UnitDefinition Unit, UnitProcess Process)> StartAsync(
        string[] options, params string[] arguments)
    {
        LoopFileSystem disk = await LoopFileSystem.CreateAsync(Workspace, 32, options);
        UnitDefinition unit =
            await UnitDefinition.CreateAsync(Workspace, "pool1", "pool1-u1", directory: Path.Combine(disk.Path, "unit"));
        await WriteVolfileAsync("pool1", ClientVolfile.Single(unit));
        return (disk, unit, await UnitProcess.StartAsync(Workspace, unit, ["--control", Control.Path, .. arguments]));
    }

    private Task<JsonElement> StatusAsync() => Control.GetJsonAsync("/v1/status");

    private async Task StateAsync(string state, string? code)
    {
        JsonElement status = default;
        await Until.SoAsync(
            $"the unit is {state} with the problem {code ?? "(any)"}",
            async () =>
            {
                status = await StatusAsync();
                IEnumerable<string?> codes = status.GetProperty("health")
                    .GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("code").GetString());
                return status.GetProperty("state").GetString() == state && (code is null || codes.Contains(code));
            },
            () => $"{status}");
    }

    private static async Task WriteSyncedAsync(string path, string text)
    {
        await using FileStream file = File.Create(path);
        await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
