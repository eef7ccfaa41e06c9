using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>
/// Which process is a unit's is asked of the kernel: whatever has become of its pid file, and whatever became of the command that
/// started it.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolProcessTests : IntegrationTest
{
    private PoolHarness? _pools;

    private PoolHarness Pools => _pools ??= PoolHarness.Create(Workspace);

    [Fact]
    public async Task The_pool_decides_on_options_of_its_processes_and_not_the_environment_of_a_command()
    {
        Pools.Set(("KADALU_FSD_PORT", "1"));
        Pools.Set(("KADALU_FSD_VOLFILE", "/nowhere"));
        Pools.Set(("KADALU_FSD_LOG_LEVEL", "TRACE"));
        Command created = await Pools.TryAsync(
            "create", "pool1", Path.Combine(Workspace.Create("units"), "1"), "--root-partition");
        Assert.Equal((0, ""), (created.ExitCode, created.Error));
        string control = Assert.Single(Directory.GetFiles(Path.Combine(Pools.Root, "run/kadalu"), "pool1.*.control.sock"));
        Assert.Equal("INFO", (await new ControlSocket(control).GetJsonAsync("/v1/log")).GetProperty("level").GetString());
        Assert.Equal("ready", (string?)(await Pools.StatusAsync("pool1"))["units"]![0]!["state"]);
        FuseMount mount = await Pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
    }

    [Theory]
    [LongData("emptied")]
    [LongData("removed")]
    [InlineData("another one's")]
    public async Task A_unit_is_found_whatever_has_become_of_its_pid_file(string fate)
    {
        await Pools.CreateAsync("pool1", "units:1");
        int unit = (await Pools.ProcessesAsync("pool1"))[0]!.Value;
        string file = Directory.GetFiles(Path.Combine(Pools.Root, "run/kadalu"), "pool1.*.pid").Single();
        Assert.Equal($"{unit}\n", await File.ReadAllTextAsync(file));
        using Process other = Command.Start("sleep", ["1000"]);
        try
        {
            switch (fate)
            {
                case "emptied":
                    await File.WriteAllTextAsync(file, "");
                    break;
                case "removed":
                    File.Delete(file);
                    break;
                default:
                    File.Delete(file);
                    await File.WriteAllTextAsync(file, $"{other.Id}\n");
                    break;
            }

            JsonNode status = (await Pools.StatusAsync("pool1"))["units"]![0]!;
            Assert.Equal(("ready", unit), ((string?)status["state"], (int?)status["processId"]));
            await Pools.MustAsync("start", "pool1");
            Assert.Equal(unit, (await Pools.ProcessesAsync("pool1"))[0]);
            await Pools.MustAsync("set", "pool1", "diagnostics.brick-log-level", "DEBUG");
            await Pools.MustAsync("stop", "pool1");
            await ManagedUnit.GoneAsync(unit);
            Assert.False(other.HasExited);
            Assert.False(File.Exists(file));
            await Pools.MustAsync("delete", "pool1");
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task Nobodys_process_is_taken_for_a_unit()
    {
        await Pools.CreateAsync("pool1", "units:1");
        await Pools.MustAsync("stop", "pool1");
        string volfile = Directory.GetFiles(Path.Combine(Pools.Root, "var/lib/kadalu/volfiles"), "pool1.*.vol").Single();

        // It calls itself what a unit does, and has its arguments.
        string program = Path.Combine(Path.GetTempPath(), $"kadalu-fsd-test-{Environment.ProcessId}", "kadalu-fsd");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.Copy("/bin/bash", program, overwrite: true);
        using Process impostor =
            Command.Start(
                "setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", program, "-c", "sleep 1000; :", "--volfile", volfile]);
        try
        {
            await Until.SoAsync(
                "the impostor runs",
                () => File.ReadAllText($"/proc/{impostor.Id}/cmdline").Contains(volfile, StringComparison.Ordinal) &&
                new FileInfo($"/proc/{impostor.Id}/exe").LinkTarget == program,
                () => File.ReadAllText($"/proc/{impostor.Id}/cmdline"));
            JsonNode status = (await Pools.StatusAsync("pool1"))["units"]![0]!;
            Assert.Equal(("down", null), ((string?)status["state"], (int?)status["processId"]));
            await Pools.MustAsync("start", "pool1");
            await Pools.MustAsync("stop", "pool1");
            Assert.False(impostor.HasExited);
        }
        finally
        {
            impostor.Kill(entireProcessTree: true);
            Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
        }
    }

    [Fact]
    public async Task Status_tells_why_a_unit_did_not_start()
    {
        await Pools.CreateAsync("pool1", "units:1");
        await Pools.MustAsync("stop", "pool1");
        string directory = Pools.Units("pool1", 1).Single();
        var id = (Guid)(await Pools.StatusAsync("pool1"))["id"]!;
        await Command.MustAsync("setfattr", "-x", "trusted.glusterfs.volume-id", directory);
        Assert.NotEqual(0, (await Pools.TryAsync("start", "pool1")).ExitCode);
        string reason = (string)(await Pools.StatusAsync("pool1"))["units"]![0]!["reasons"]![0]!;
        Assert.StartsWith("it ended with exit code 4 at ", reason, StringComparison.Ordinal);
        Assert.Contains("it has no trusted.glusterfs.volume-id", reason, StringComparison.Ordinal);

        await Command.MustAsync("setfattr", "-n", "trusted.glusterfs.volume-id", "-v", "0x" + id.ToString("N"), directory);
        await Pools.MustAsync("start", "pool1");
        await Pools.MustAsync("stop", "pool1");
        await Pools.MustAsync("delete", "pool1");
        Assert.Empty(Directory.GetFiles(Path.Combine(Pools.Root, "run/kadalu"), "*pool1*"));
    }

    [Fact]
    public async Task A_unit_that_is_starting_is_seen_and_stopped()
    {
        (Process holder, int unit) = await LeaveStartingAsync();
        using (holder)
        {
            JsonNode status = (await Pools.StatusAsync("pool1"))["units"]![0]!;
            Assert.Equal(("no answer", unit), ((string?)status["state"], (int?)status["processId"]));
            await Pools.MustAsync("stop", "pool1");
            await ManagedUnit.GoneAsync(unit);
            await Pools.MustAsync("delete", "pool1");
            holder.Kill();
        }
    }

    [Fact]
    public async Task A_unit_that_is_starting_is_waited_for_by_the_next_start()
    {
        (Process holder, int unit) = await LeaveStartingAsync();
        using (holder)
        {
            Task<string> start = Pools.MustAsync("start", "pool1");
            await Until.SoAsync(
                "the step has its locks", () => Pools.FindSteps().Any(LocksHeldBelow), () => File.ReadAllText("/proc/locks"));
            holder.Kill();
            await start;
            Assert.Equal(unit, (await Pools.ProcessesAsync("pool1"))[0]);
        }
    }

    [Fact]
    public async Task A_pid_file_is_one_units_only()
    {
        UnitDefinition one = await CreateUnitAsync();
        UnitDefinition other = await CreateUnitAsync("pool2");
        string file = Workspace.Path("u.pid");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, one, "--pid-file", file);
        Command refused = await Command.RunAsync(
            Workspace.Program, "unit", "--volfile", other.Volfile, "--port", other.Port.ToString(CultureInfo.InvariantCulture),
            "--pid-file", file, "--predecessor-timeout", "0.5", "--log", Workspace.Path("2.log"));
        Assert.Equal(
            (2, true),
            (refused.ExitCode, refused.Error.Contains($"is another process's, {process.Id}", StringComparison.Ordinal)));
        Assert.Equal($"{process.Id}\n", await File.ReadAllTextAsync(file));
        Assert.Equal(0, await process.StopAsync());
        Assert.False(File.Exists(file));
    }

    // Somebody holds the unit's directory, so that it waits; whoever started it is killed.
    private async Task<(Process Holder, int Unit)> LeaveStartingAsync()
    {
        await Pools.CreateAsync("pool1", "units:1", "--no-start");
        Process holder = Command.Start("flock", ["--no-fork", Pools.Units("pool1", 1)[0], "sleep", "1000"]);
        await Until.SeesAsync(
            "the directory is held", () => new FileInfo($"/proc/{holder.Id}/exe").LinkTarget,
            program => program?.EndsWith("/sleep", StringComparison.Ordinal) == true);
        Task<Command> start = Pools.TryAsync("start", "pool1");
        (int step, int unit) = (0, 0);
        await Until.SoAsync(
            "the step has started the unit",
            () => Pools.FindSteps() is [var one] && (unit = ChildOf(step = one)) > 0, Pools.Logs);
        await Command.MustAsync("kill", "-9", step.ToString(CultureInfo.InvariantCulture));
        Assert.Contains("the step was interrupted", (await start).Error, StringComparison.Ordinal);
        return (holder, unit);
    }

    private static int ChildOf(int parent) => Directory.EnumerateFileSystemEntries($"/proc/{parent}/task")
        .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture))
            .FirstOrDefault(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("\0--config\0", StringComparison.Ordinal));

    private static bool LocksHeldBelow(int process) => File.ReadLines("/proc/locks")
        .Any(line => line.Contains($" {process.ToString(CultureInfo.InvariantCulture)} ", StringComparison.Ordinal));
}
