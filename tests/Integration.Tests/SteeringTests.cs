using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.Harness;
using KadaluFsd.Rpc;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>What is told to a unit through its control socket, and what it does then.</summary>
public sealed class SteeringTests : IntegrationTest
{
    private ControlSocket Control => new(Workspace.Path("control"));

    [Fact]
    public async Task Options_take_effect_on_the_running_graph_under_an_open_file()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync(text => text.Replace(
            "volume pool1-io-threads\n    type performance/io-threads\n    subvolumes pool1-simple-quota",
            "volume pool1-read-only\n    type features/read-only\n    subvolumes pool1-simple-quota\nend-volume\n\nvolume " +
            "pool1-io-threads\n    type performance/io-threads\n    subvolumes pool1-read-only",
            StringComparison.Ordinal));
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await using FileStream open = File.Create(mount.In("open"));
        await WriteAsync(open, "before");

        Assert.Equal("reconfigured\n", await CommandAsync("option", "pool1-read-only", "read-only", "on"));
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllTextAsync(mount.In("new"), "x"));
        JsonElement option = await OptionAsync("pool1-read-only", "read-only");
        Assert.Equal(("on", true), (option.GetProperty("value").GetString(), option.GetProperty("isSetLive").GetBoolean()));

        // What was set stays set when the volfile is read again, until it is unset.
        Assert.Equal("reconfigured\n", await CommandAsync("reload"));
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllTextAsync(mount.In("new"), "x"));
        Assert.Equal("reconfigured\n", await CommandAsync("option", "pool1-read-only", "read-only", "--unset"));
        await File.WriteAllTextAsync(mount.In("new"), "x");

        Assert.Equal("reconfigured\n", await CommandAsync("option", "pool1-io-threads", "thread-count", "7"));
        Assert.Contains("maximum_threads_count=7\n", await CommandAsync("statedump"), StringComparison.Ordinal);
        JsonElement dump = JsonDocument.Parse(await CommandAsync("statedump", "--json")).RootElement;
        JsonElement threads = dump.EnumerateArray()
            .Single(section => section.GetProperty("name").GetString() == "performance/io-threads.pool1-io-threads");
        Assert.Contains(threads.GetProperty("values").EnumerateArray(), value =>
            (value.GetProperty("name").GetString(), value.GetProperty("value").GetString()) == ("maximum_threads_count", "7"));

        await WriteAsync(open, "after");
        Assert.Equal("beforeafter", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "open")));
        Assert.DoesNotMatch($"disconnecting connection .*-PID:{mount.Pid}-", process.LogText);
    }

    [Theory]
    [InlineData("nosuch", "thread-count", "5", "the graph has no volume nosuch")]
    [InlineData("pool1-io-threads", "nosuch", "5", "performance/io-threads has no option nosuch")]
    [InlineData("pool1-io-threads", "thread-count", "many", "pool1-io-threads")]
    [InlineData("pool1-io-threads", "thread-count", "1000", "pool1-io-threads")]
    [InlineData("pool1-io-threads", "thread-count", "`id`", "backticks")]
    [InlineData("pool1-posix", "health-check-interval", "1", "is not to be set while it runs")]
    public async Task An_option_that_cannot_be_set_is_refused_and_everything_stays(
        string volume, string option, string value, string reason)
    {
        (UnitDefinition unit, _) = await StartAsync();
        Command refused = await Command.RunAsync(Workspace.Program, "option", Control.Path, volume, option, value);
        Assert.Equal(8, refused.ExitCode);
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        Assert.Equal("16", (await OptionAsync("pool1-io-threads", "thread-count")).GetProperty("value").GetString());
        Assert.Equal("reconfigured\n", await CommandAsync("option", "pool1-io-threads", "thread-count", "5"));
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
    }

    [Fact]
    public async Task The_log_level_changes_for_both_kinds_of_lines_and_the_log_moves()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync();
        Assert.Equal("INFO\n", await CommandAsync("log-level"));
        Assert.DoesNotContain("] D [", process.LogText, StringComparison.Ordinal);
        Assert.Equal("DEBUG\n", await CommandAsync("log-level", "DEBUG"));
        await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "pool1");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        await Until.LoggedAsync("the end of the volfile connection is logged", process.Log, "volfile connection ended");
        Assert.Matches("\\] D \\[MSGID: [0-9]+\\] \\[server-", process.LogText);

        Assert.Equal("ERROR\n", await CommandAsync("log-level", "ERROR"));
        File.Move(process.Log, process.Log + ".1");
        Assert.Equal(200, (await Control.AskAsync("POST", "/v1/log/reopen")).Status);
        await CommandAsync("log-level", "INFO");
        Assert.Contains("the log level is INFO now", process.LogText, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "the log level is INFO now", await File.ReadAllTextAsync(process.Log + ".1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_volfile_is_put_whole_and_checked_and_clients_hear_of_it()
    {
        (UnitDefinition unit, _) = await StartAsync();
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        string served = Path.Combine(Workspace.Create("volfiles"), "pool1.vol");
        string before = await File.ReadAllTextAsync(served);
        string changed =
            before.Replace("option remote-host", "option ping-timeout 17\n    option remote-host", StringComparison.Ordinal);
        Assert.NotEqual(before, changed);

        Command refused = await PutAsync("pool1", before.Replace("end-volume", "", StringComparison.Ordinal));
        Assert.Equal(8, refused.ExitCode);
        Assert.Contains("line ", refused.Error, StringComparison.Ordinal);
        Assert.Equal(8, (await PutAsync("../pool1", changed)).ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(served));

        Assert.Contains("pool1: changed, ", (await PutAsync("pool1", changed)).Output, StringComparison.Ordinal);
        Assert.Equal(changed, await File.ReadAllTextAsync(served));
        Assert.Equal(changed, await Control.GetAsync("/v1/volfiles/pool1"));
        Assert.Equal([served], Directory.GetFiles(Path.GetDirectoryName(served)!));
        await Until.LoggedAsync("the mount hears of the new volfile", mount.Log, "Volume file changed");
        Assert.Contains("pool1: as before, ", (await PutAsync("pool1", changed)).Output, StringComparison.Ordinal);

        // What is served may be the last good version of a file that somebody has broken since: it is whole again then.
        await File.WriteAllTextAsync(served, "broken");
        Assert.Contains("pool1: as before, ", (await PutAsync("pool1", changed)).Output, StringComparison.Ordinal);
        Assert.Equal(changed, await File.ReadAllTextAsync(served));
        await PutAsync("pool1.new", changed);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(Path.GetDirectoryName(served)!, "pool1.new.vol")));
        string tooLong = await Control.SendAsync(
            $"PUT /v1/volfiles/pool1 HTTP/1.1\r\nHost: u\r\nContent-Length: {RpcLimits.MaxVolfile + 1}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", tooLong, StringComparison.Ordinal);
        Assert.Equal(2, (await PutAsync("pool1", new string('x', RpcLimits.MaxVolfile + 1))).ExitCode);
    }

    [Fact]
    public async Task The_units_own_volfile_is_tried_on_its_graph_before_it_is_kept()
    {
        UnitDefinition made = await CreateUnitAsync();
        UnitDefinition unit = made with { Volfile = Path.Combine(Workspace.Create("volfiles"), "own.vol") };
        File.Move(made.Volfile, unit.Volfile);
        await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        string before = await File.ReadAllTextAsync(unit.Volfile);
        string WithThreads(string count) =>
            before.Replace(
                "type performance/io-threads\n", $"type performance/io-threads\n    option thread-count {count}\n",
                StringComparison.Ordinal);

        Assert.Equal(8, (await PutAsync("own", WithThreads("many"))).ExitCode);
        Assert.Equal(
            8,
            (
                await PutAsync("own",
                    before.Replace(unit.VolumeId.ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal))).ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(unit.Volfile));

        Assert.EndsWith("this unit: reconfigured\n", (await PutAsync("own", WithThreads("9"))).Output, StringComparison.Ordinal);
        Assert.Equal(WithThreads("9"), await File.ReadAllTextAsync(unit.Volfile));
        Assert.Equal("9", (await OptionAsync("pool1-io-threads", "thread-count")).GetProperty("value").GetString());
        Assert.Contains(
            "this unit: restart-needed: ",
            (await PutAsync("own", before.Replace("features/locks", "features/worm", StringComparison.Ordinal))).Output,
            StringComparison.Ordinal);
        await File.WriteAllTextAsync(mount.In("file"), "still here");
    }

    [Fact]
    public async Task Operations_in_progress_and_slow_ones_are_known()
    {
        (UnitDefinition unit, _) = await StartAsync(
            text => text.Replace("subvolumes pool1-locks", "subvolumes pool1-slow", StringComparison.Ordinal).Replace(
            "volume pool1-simple-quota",
            "volume pool1-slow\n    type debug/delay-gen\n    option delay-percentage 100\n    option delay-duration " +
            "2000000\n    option enable WRITE\n    subvolumes pool1-locks\nend-volume\n\nvolume pool1-simple-quota",
            StringComparison.Ordinal));
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        // One write after the other, until one was seen: on a busy machine nobody may look while one is in progress.
        string enough = Path.Combine(Workspace.Root, "enough");
        using Process writer = Command.Start(
            "sh",
            ["-c", "until [ -e \"$2\" ]; do dd if=/dev/zero of=\"$1\" bs=4k count=1 conv=fsync || exit; done", "sh",
                mount.In("file"), enough]);

        // It passes through others before it gets there.
        JsonElement[] writes = await Until.SeesAsync(
            "the write has come to the slow translator", () => Find("inProgress"),
            found => found is [var write] && write.GetProperty("translator").GetString() == "pool1-slow");
        Assert.Contains($"-PID:{mount.Pid}-", writes[0].GetProperty("client").GetString(), StringComparison.Ordinal);
        Assert.Equal("pool1-slow", writes[0].GetProperty("translator").GetString());
        await File.WriteAllTextAsync(enough, "");

        // The unit looks for slow ones whenever it is asked: while it is in progress, it is found.
        JsonElement[] slowest = await Until.SeesAsync<JsonElement[]>(
            "the write is among the slowest operations",
            async () => [.. (await Control.GetJsonAsync("/v1/operations")).GetProperty("slowest").EnumerateArray()],
            found => found.Length > 0);
        await writer.WaitForExitAsync();
        Assert.Empty(Find("inProgress"));
        Assert.All(slowest, found =>
        {
            JsonElement slow = found.GetProperty("operation");
            Assert.Equal("WRITE", slow.GetProperty("kind").GetString());
            Assert.InRange(slow.GetProperty("seconds").GetDouble(), 1, 10);
        });
        Assert.InRange((await Control.GetMetricsAsync())["file_operation_max_duration_seconds{operation=\"write\"}"], 1.9, 10);
        Assert.Contains("WRITE", await CommandAsync("top", "-n", "1", "-d", "0.1"), StringComparison.Ordinal);

        JsonElement[] Find(string where) =>
            [.. Control.GetJsonAsync("/v1/operations").GetAwaiter().GetResult().GetProperty(where).EnumerateArray()
                .Where(operation => operation.GetProperty("kind").GetString() == "WRITE")];
    }

    [Fact]
    public async Task A_unit_that_drains_takes_nobody_new_and_stops_when_the_last_has_gone()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync();
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.Equal("draining: 1 clients, at most 60 s\n", await CommandAsync("drain", "--timeout", "60"));
        Assert.Equal(503, (await Control.AskAsync("GET", "/readyz")).Status);
        Assert.Equal(200, (await Control.AskAsync("GET", "/livez")).Status);
        Assert.Equal(
            7, (await Command.RunAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "pool1")).ExitCode);
        await File.WriteAllTextAsync(mount.In("file"), "served while draining");
        await mount.DisposeAsync();
        Assert.Equal(0, await process.WaitAsync());
        Assert.Equal("served while draining", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "file")));
    }

    [Fact]
    public async Task A_unit_that_drains_stops_at_its_deadline_and_one_that_is_told_to_stop_at_once()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync();
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await CommandAsync("drain", "--timeout", "0.2");
        Assert.Equal(0, await process.WaitAsync());
        process = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        Assert.StartsWith("stopping: ", await CommandAsync("stop"), StringComparison.Ordinal);
        Assert.Equal(0, await process.WaitAsync());
    }

    [Fact]
    public async Task Figures_are_served_over_tcp_as_well_and_nothing_else_is()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Ports.Free()}");
        await UnitProcess.StartAsync(Workspace, unit, "--metrics-listen", address);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        Assert.Equal(1, ControlSocket.ParseMetrics(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)))["ready"]);
        Assert.Equal("ok\n", await client.GetStringAsync(new Uri("/readyz", UriKind.Relative)));
        Assert.Equal("ok\n", await client.GetStringAsync(new Uri("/livez", UriKind.Relative)));
        foreach (string other in (string[])["/v1/status", "/v1/clients", "/v1/volfiles/pool1", "/v1/stop"])
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(other, UriKind.Relative));
            Assert.Equal(404, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_file_without_an_end_is_not_put_in_the_place_of_a_volfile()
    {
        await StartAsync();
        Command put = await Command.RunAsync(Workspace.Program, "put-volfile", Control.Path, "pool1", "/dev/zero");
        Assert.Equal(2, put.ExitCode);
        Assert.Contains("/dev/zero: longer than ", put.Error, StringComparison.Ordinal);
    }

    private async Task<(UnitDefinition Unit, UnitProcess Process)> StartAsync(Func<string, string>? edit = null)
    {
        UnitDefinition unit = await CreateUnitAsync();
        if (edit is not null)
        {
            string text = await File.ReadAllTextAsync(unit.Volfile);
            Assert.NotEqual(text, edit(text));
            await File.WriteAllTextAsync(unit.Volfile, edit(text));
        }

        return (unit, await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path));
    }

    private Task<string> CommandAsync(string command, params string[] arguments) =>
        Command.MustAsync(Workspace.Program, [command, Control.Path, .. arguments]);

    private async Task<Command> PutAsync(string key, string text)
    {
        string file = Workspace.Path("to-put");
        await File.WriteAllTextAsync(file, text);
        return await Command.RunAsync(Workspace.Program, "put-volfile", Control.Path, key, file);
    }

    private async Task<JsonElement> OptionAsync(string volume, string name) =>
        (await Control.GetJsonAsync("/v1/options")).EnumerateArray()
        .Single(option => (option.GetProperty("volume").GetString(), option.GetProperty("name").GetString()) == (volume, name));

    private static async Task WriteAsync(FileStream file, string text)
    {
        await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
