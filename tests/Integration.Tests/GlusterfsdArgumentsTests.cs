using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>In the place of glusterfsd, as Kadalu's manager and operator call it.</summary>
public sealed class GlusterfsdArgumentsTests : IntegrationTest
{
    [Fact]
    public async Task When_what_was_started_has_ended_clients_can_mount_and_the_manager_finds_its_process()
    {
        UnitDefinition unit = await CreateManagedAsync();
        var managed = ManagedUnit.Create(Workspace, unit);
        Command started = await managed.StartAsync();
        Assert.Equal((0, "", ""), (started.ExitCode, started.Output, started.Error));
        Assert.True(managed.IsRunning);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");

        // Leader of a session of its own, at the root, with nothing of its parent's open.
        Assert.Equal("/", new DirectoryInfo($"/proc/{managed.Pid}/cwd").LinkTarget);
        string[] status = (await File.ReadAllTextAsync($"/proc/{managed.Pid}/stat")).Split(' ');
        Assert.Equal(status[0], status[5]);

        // By its name, too.
        Assert.Equal("glusterfsd\n", await File.ReadAllTextAsync($"/proc/{managed.Pid}/comm"));
        Assert.Equal(
            managed.Program, (await File.ReadAllTextAsync($"/proc/{managed.Pid}/cmdline")).Split('\0')[0]);
        Assert.Contains(
            managed.Pid.ToString(CultureInfo.InvariantCulture),
            (await Command.MustAsync("pidof", "glusterfsd")).Split((char[]?)null));
        Assert.All(
            Enumerable.Range(0, 3), fd => Assert.Equal("/dev/null", new FileInfo($"/proc/{managed.Pid}/fd/{fd}").LinkTarget));

        int pid = managed.Pid;
        await managed.StopAsync();
        await ManagedUnit.GoneAsync(pid);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(5)]
    [LongData(50)]
    public async Task The_managers_life_of_a_unit_again_and_again_under_a_mounted_client(int rounds)
    {
        UnitDefinition unit = await CreateManagedAsync();
        var managed = ManagedUnit.Create(Workspace, unit);
        Assert.Equal(0, (await managed.StartAsync()).ExitCode);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        for (int round = 0; round < rounds; round++)
        {
            int pid = managed.Pid;
            await managed.SignalAsync("HUP");
            await managed.StopAsync();
            Command started = await managed.StartAsync();
            Assert.True(started.ExitCode == 0, $"round {round}: {started.ExitCode} {started.Error}");
            Assert.True(managed.IsRunning);
            Assert.NotEqual(pid, managed.Pid);
            await ManagedUnit.GoneAsync(pid);
            Assert.True(managed.IsRunning, $"round {round}: the one before took the pid file of its successor");
        }

        await Until.SeesAsync(
            "the mount can be written to", () => Command.RunAsync("sh", "-c", $"echo alive > {mount.In("file")}"),
            written => written.ExitCode == 0, () => mount.LogText);
        Assert.Equal("alive\n", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "file")));
        int last = managed.Pid;
        await managed.StopAsync();
        await ManagedUnit.GoneAsync(last);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_hang_up_right_after_the_start_is_survived()
    {
        UnitDefinition unit = await CreateManagedAsync();
        var managed = ManagedUnit.Create(Workspace, unit);
        Assert.Equal(0, (await managed.StartAsync()).ExitCode);
        for (int times = 0; times < 20; times++)
        {
            await managed.SignalAsync("HUP");
        }

        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.Contains("MSGID: 3015", managed.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_says_why_and_leaves_only_that()
    {
        UnitDefinition unit = await CreateManagedAsync();
        await Command.MustAsync("setfattr", "-x", "trusted.glusterfs.volume-id", unit.Directory);
        var managed = ManagedUnit.Create(Workspace, unit);
        Command started = await managed.StartAsync();
        Assert.Equal(4, started.ExitCode);
        Assert.Contains(
            $"unit directory {unit.Directory}: it has no trusted.glusterfs.volume-id", started.Error, StringComparison.Ordinal);
        string left = Assert.Single(Directory.GetFileSystemEntries(Workspace.Path("run")));
        Assert.EndsWith(".last-failure", left, StringComparison.Ordinal);
        Assert.Contains("it has no trusted.glusterfs.volume-id", await File.ReadAllTextAsync(left), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--volfile-server=other", "--volfile-server")]
    [InlineData("--no-such-option", "--no-such-option")]
    [InlineData("--xlator-option=nonsense", "\"nonsense\" is not VOLUME.OPTION=VALUE")]
    [InlineData("--brick-name=/elsewhere", "not for the brick /elsewhere")]
    public async Task What_it_does_not_know_or_cannot_do_it_names(string argument, string words)
    {
        var managed = ManagedUnit.Create(Workspace, await CreateManagedAsync());
        Command started = await managed.StartAsync(argument);
        Assert.InRange(started.ExitCode, 2, 3);
        Assert.Contains(words, started.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_operators_way_it_stays_in_the_foreground_and_logs_to_standard_error()
    {
        UnitDefinition unit = await CreateManagedAsync();
        var managed = ManagedUnit.Create(Workspace, unit);
        string port = unit.Port.ToString(CultureInfo.InvariantCulture);
        using var notify = new NotifySocket(Workspace.Path("notify"));
        using Process process = Command.Start(
            managed.Program,
            ["-N", $"--volfile-id=pool1.u1", "-p", managed.PidFile, "-S", managed.Socket, $"--brick-name={unit.Directory}", "-l",
                "-",
             "--xlator-option", "*-posix.glusterd-uuid=0b1de2f4-3a1e-4f5b-9f0a-3d1a6a9a6a10", "--process-name", "brick",
             $"--brick-port={port}", $"--xlator-option=pool1-server.listen-port={port}", "-f", unit.Volfile],
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notify.Path });
        try
        {
            Task<string> log = process.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(Patience.Limit);
            Assert.StartsWith("READY=1\n", await notify.ReceiveAsync(limit.Token), StringComparison.Ordinal);
            Assert.Equal(process.Id, managed.Pid);
            await managed.SignalAsync("TERM");
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, process.ExitCode);
            Assert.Contains("MSGID: 3005", await log, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    // As GlusterFS's extras/thin-arbiter and the containers of Kadalu's operator have it: no volume id, no port.
    [Fact]
    public async Task GlusterFS_own_tie_breaker_starts_and_may_log_to_a_pipe()
    {
        string directory = Workspace.Create("units", "ta");
        string volfile = Workspace.Path("thin-arbiter.vol");
        int port = Ports.Free();
        await File.WriteAllTextAsync(volfile, $"""
            volume ta-posix
                type storage/posix
                option directory {directory}
            end-volume

            volume ta-thin-arbiter
                type features/thin-arbiter
                subvolumes ta-posix
            end-volume

            volume ta-locks
                type features/locks
                option notify-contention yes
                subvolumes ta-thin-arbiter
            end-volume

            volume ta-upcall
                type features/upcall
                option cache-invalidation off
                subvolumes ta-locks
            end-volume

            volume ta-io-threads
                type performance/io-threads
                subvolumes ta-upcall
            end-volume

            volume ta-index
                type features/index
                option xattrop-pending-watchlist trusted.afr.ta-
                option xattrop-dirty-watchlist trusted.afr.dirty
                option index-base {directory}/.glusterfs/indices
                subvolumes ta-io-threads
            end-volume

            volume {directory}
                type debug/io-stats
                option unique-id {directory}
                subvolumes ta-index
            end-volume

            volume ta-server
                type protocol/server
                option transport.socket.listen-port {port}
                option auth.addr.{directory}.allow *
                option auth-path {directory}
                option transport.address-family inet
                option transport-type tcp
                subvolumes {directory}
            end-volume
            """);
        string program = ManagedUnit.Create(Workspace, await CreateManagedAsync()).Program;
        string log = Workspace.Path("thin-arbiter.log");
        await File.WriteAllTextAsync(log, "");
        using Process process = Command.Start(
            "sh", ["-c", $"{program} -N --volfile-id ta -f {volfile} -l /dev/stdout | cat > {log}"], new Dictionary<string, string>());
        try
        {
            await Until.LoggedAsync("the tie-breaker serves", log, $"ready: serving on port {port}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task The_node_that_the_manager_names_is_the_one_that_clients_are_told()
    {
        UnitDefinition unit = await CreateManagedAsync();
        Assert.Equal(0, (await ManagedUnit.Create(Workspace, unit).StartAsync()).ExitCode);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        string answer =
            await Command.MustAsync("getfattr", "--only-values", "-n", "trusted.glusterfs.node-uuid", mount.In("file"));
        Assert.Contains("0b1de2f4-3a1e-4f5b-9f0a-3d1a6a9a6a10", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_whose_path_is_too_long_has_a_short_one_beside_it()
    {
        UnitDefinition unit = await CreateManagedAsync();
        var managed = ManagedUnit.Create(Workspace, unit);
        string path = Workspace.Path("run", new string('s', 200) + ".socket");
        Assert.Equal(0, (await managed.StartAsync("-S", path)).ExitCode);
        string bound = new FileInfo(path).LinkTarget!;
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(bound));
        }

        int pid = managed.Pid;
        await managed.StopAsync();
        await ManagedUnit.GoneAsync(pid);
        AssertNothingIsLeft();
    }

    // But how the unit has ended, which the next start reads.
    private void AssertNothingIsLeft()
    {
        string left = Assert.Single(Directory.GetFileSystemEntries(Workspace.Path("run")));
        Assert.EndsWith(".last-run", left, StringComparison.Ordinal);
    }

    // Kadalu's volfiles say themselves where clients' volfiles are.
    private Task<UnitDefinition> CreateManagedAsync() =>
        CreateUnitAsync(serverOptions: $"    option volspec-directory {Workspace.Create("volfiles")}\n    ");
}
