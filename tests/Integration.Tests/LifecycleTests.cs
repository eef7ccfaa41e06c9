using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Starting, stopping, and what lies between.</summary>
public sealed class LifecycleTests : IntegrationTest
{
    private const int EnoughBlocks = 50;

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Told_to_stop_it_says_so_and_ends_well(string signal)
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        await process.SignalAsync(signal);
        await process.ExpectAsync("STOPPING=1");
        Assert.Equal(0, await process.WaitAsync());
        Assert.Contains("MSGID: 3008", process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_writes_loses_nothing_that_was_synced()
    {
        const int Block = 4096;
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        TaskCompletionSource[] started = [.. Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource())];
        Task<int>[] writers =
            [.. started.Select((enough, number) => Task.Run(() => WriteUntilItFails(mount.In($"file{number}"), Block, enough)))];
        await Task.WhenAny(Task.WhenAll(started.Select(enough => enough.Task)), Task.WhenAll(writers));
        Assert.Equal(0, await process.StopAsync());
        int[] synced = await Task.WhenAll(writers);

        for (int number = 0; number < writers.Length; number++)
        {
            byte[] content = await File.ReadAllBytesAsync(Path.Combine(unit.Directory, $"file{number}"));
            Assert.True(
                content.Length >= synced[number] * Block,
                $"{synced[number]} blocks were synced, {content.Length} bytes are there");
            for (int block = 0; block < synced[number]; block++)
            {
                Assert.True(
                    content.AsSpan(block * Block, Block).IndexOfAnyExcept((byte)(block % 251)) < 0,
                    $"block {block} of file{number} differs");
            }
        }

        Assert.All(synced, blocks => Assert.True(blocks >= EnoughBlocks));
    }

    [Fact]
    public async Task A_stop_takes_no_longer_than_it_must()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--stop-timeout", "60");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal(0, await process.StopAsync());
        Assert.DoesNotContain("MSGID: 3007", process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_that_is_waited_for_does_not_hold_up_the_stop()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--stop-timeout", "0.5");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        FuseMount other = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        using Process holder = Command.Start("flock", [mount.In("file"), "sh", "-c", "echo held; read line"]);
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync());
        using Process waiter = Command.Start("flock", [other.In("file"), "true"]);
        await WaitUntilBlockedAsync(waiter);

        Assert.Equal(0, await process.StopAsync());
        Assert.Matches("[1-9][0-9]* operations were still in progress", process.LogText);
        holder.Kill(entireProcessTree: true);
        waiter.Kill();
        await holder.WaitForExitAsync();
        await waiter.WaitForExitAsync();
    }

    [Fact]
    public async Task A_client_that_has_stopped_does_not_hold_up_the_stop()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--stop-timeout", "0.5");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        string client = mount.Pid.ToString(CultureInfo.InvariantCulture);
        using Process writer = Command.Start("dd", ["if=/dev/zero", $"of={mount.In("file")}", "bs=64k", "count=100000"]);
        await Until.SoAsync(
            "the unit has the first megabyte of the file",
            () => new FileInfo(Path.Combine(unit.Directory, "file")) is { Exists: true, Length: > 1 << 20 });
        await Command.MustAsync("kill", "-STOP", client);
        try
        {
            Assert.Equal(0, await process.StopAsync());
            Assert.Contains("MSGID: 3008", process.LogText, StringComparison.Ordinal);
        }
        finally
        {
            await Command.MustAsync("kill", "-CONT", client);
            writer.Kill();
            await writer.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_translator_that_is_stuck_does_not_hold_up_the_stop(bool isToldTwice)
    {
        UnitDefinition unit = await CreateUnitAsync();
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        int above = volfile.IndexOf("volume pool1-simple-quota", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            unit.Volfile,
            volfile[..above] +
            "volume pool1-stuck\n    type debug/delay-gen\n    option delay-percentage 100\n    option delay-duration " +
            "30000000\n    option enable WRITE\n    subvolumes pool1-locks\nend-volume\n\n" +
            volfile[above..].Replace("subvolumes pool1-locks", "subvolumes pool1-stuck", StringComparison.Ordinal));
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, "--stop-timeout", isToldTwice ? "3600" : "0.5", "--control", Workspace.Path("control"));
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        using Process writer = Command.Start("dd", ["if=/dev/zero", $"of={mount.In("file")}", "bs=4k", "count=1", "conv=fsync"]);
        await Until.SeesAsync(
            "the write is in progress at the unit",
            () => Command.RunAsync(Workspace.Program, "status", Workspace.Path("control")),
            status => status.Output.Contains("in progress   1 operations", StringComparison.Ordinal));
        if (isToldTwice)
        {
            await process.SignalAsync("TERM");
            await Until.LoggedAsync("the unit says that it stops", process.Log, "MSGID: 3006");
        }

        Assert.Equal(0, await process.StopAsync());
        Assert.Matches(
            isToldTwice ? "told again to stop while [1-9]" : "[1-9][0-9]* operations were still in progress", process.LogText);
        writer.Kill();
        await writer.WaitForExitAsync();
    }

    [Fact]
    public async Task A_signal_without_a_meaning_does_not_end_the_unit()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        await process.SignalAsync("USR2");
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.Equal(0, await process.StopAsync());
        Assert.Contains("signal USR2 is ignored", process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task USR1_writes_a_statedump_where_GlusterFS_writes_it()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await process.SignalAsync("USR1");
        await Until.LoggedAsync("the unit says where its statedump is", process.Log, "MSGID: 3020");
        string dump = Assert.Single(Directory.GetFiles("/var/run/gluster", $"*.{process.Id}.dump.*"));
        string text = await File.ReadAllTextAsync(dump);
        File.Delete(dump);
        Assert.Contains("pool1-io-threads", text, StringComparison.Ordinal);
        Assert.Contains("DUMP-END-TIME", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_manager_that_is_gone_is_no_reason_to_stop_serving()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        File.Delete(process.NotifyPath);
        await process.SignalAsync("TERM");
        Assert.Equal(0, await process.WaitAsync());
        Assert.Contains("the service manager cannot be notified", process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_the_parent_left_open_are_closed()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string leaked = Workspace.Path("leaked");
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, "sh", ["-c", $"exec 7<>{leaked} 8<&7; exec \"$@\"", "sh", Workspace.Program], []);
        string[] open =
            [.. new DirectoryInfo($"/proc/{process.Id}/fd").GetFileSystemInfos().Select(entry => entry.LinkTarget ?? "")];
        Assert.DoesNotContain(leaked, open);
        Assert.Contains("MSGID: 3003", process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_translator_that_is_not_installed_is_left_out_with_a_warning()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        Assert.Contains(
            "W [MSGID: 3002] [GraphOutput:0:TranslatorMissing] 0-kadalu-fsd: volume pool1-simple-quota is left out of the " +
            "graph: its translator features/simple-quota is not installed",
            process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_may_come_from_a_file_and_the_environment()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string config = Workspace.Path("unit.json");
        await File.WriteAllTextAsync(
            config, $$"""{ "volfile": "{{unit.Volfile}}", "port": 1, "log": "{{Workspace.Path("config.log")}}" }""");
        using var notify = new NotifySocket(Workspace.Path("notify"));
        using Process process = Command.Start(Workspace.Program, ["unit", "--config", config], new Dictionary<string, string>
        {
            ["KADALU_FSD_PORT"] = unit.Port.ToString(CultureInfo.InvariantCulture),
            ["NOTIFY_SOCKET"] = notify.Path,
            ["TMPDIR"] = Workspace.Create("tmp"),
        });
        try
        {
            using var limit = new CancellationTokenSource(Patience.Limit);
            Assert.StartsWith("READY=1\n", await notify.ReceiveAsync(limit.Token), StringComparison.Ordinal);
            Assert.Contains(
                $"serving on port {unit.Port}", await File.ReadAllTextAsync(Workspace.Path("config.log")),
                StringComparison.Ordinal);

            // The graph's private socket has no name any more once the unit is ready, nor the directory it was made in.
            Assert.Empty(Directory.GetFileSystemEntries(Workspace.Path("tmp")));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    // What the kernel says a process waits for: the answer to a FUSE request, and again and again the same.
    private static async Task WaitUntilBlockedAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        for (int seen = 0; seen < 10;)
        {
            string waitsIn = await File.ReadAllTextAsync($"/proc/{process.Id}/wchan", limit.Token);
            seen = waitsIn.Contains("request_wait_answer", StringComparison.Ordinal) ||
                waitsIn.Contains("fuse", StringComparison.Ordinal) ? seen + 1 : 0;
            await Task.Delay(20, limit.Token);
        }
    }

    // Returns how many blocks were on disk for certain when the unit went.
    private static int WriteUntilItFails(string path, int block, TaskCompletionSource enough)
    {
        int synced = 0;
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            byte[] bytes = new byte[block];
            while (synced < 100_000)
            {
                bytes.AsSpan().Fill((byte)(synced % 251));
                file.Write(bytes);
                file.Flush(flushToDisk: true);
                if (++synced == EnoughBlocks)
                {
                    enough.TrySetResult();
                }
            }
        }
        catch (IOException)
        {
            // The unit is gone: ENOTCONN.
        }

        return synced;
    }
}
