using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>SIGHUP: everything is read again, while clients go on.</summary>
public sealed class ReloadTests : IntegrationTest
{
    // It was 16 MiB as long as nothing was collected.
    private const long MayGrowKiB = 3 * 1024;

    private const string ReadOnlyOff = "option read-only off";

    [Fact]
    public async Task A_changed_option_is_in_effect_on_the_running_graph_and_an_open_file_stays_open()
    {
        (UnitDefinition unit, UnitProcess process, FuseMount mount) = await StartAsync();
        using var file =
            new FileStream(mount.In("file"), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.WriteByte(1);
        string volfile = await File.ReadAllTextAsync(unit.Volfile);

        await ReloadAsync(
            process, unit, volfile.Replace(ReadOnlyOff, "option read-only on", StringComparison.Ordinal), "MSGID: 3016");
        Assert.Throws<IOException>(() => file.WriteByte(2));
        Assert.Equal(1, (await Command.RunAsync("touch", mount.In("other"))).ExitCode);

        await ReloadAsync(process, unit, volfile, "MSGID: 3016");
        file.WriteByte(3);
        Assert.Equal(0, (await Command.RunAsync("touch", mount.In("other"))).ExitCode);
        Assert.Equal(0, await process.StopAsync());
    }

    [Theory]
    [InlineData(ReadOnlyOff, "option read-only perhaps", "MSGID: 3018", "perhaps")]
    [InlineData(ReadOnlyOff, "option read-only", "MSGID: 3018", "line ")]
    [InlineData("option directory /", "option directory /elsewhere/", "MSGID: 3018", "another directory or volume")]
    [InlineData("type features/read-only", "type features/worm", "MSGID: 3017", "a restart is needed")]
    public async Task What_is_wrong_or_needs_a_restart_is_said_and_changes_nothing(
        string from, string to, string message, string words)
    {
        (UnitDefinition unit, UnitProcess process, FuseMount mount) = await StartAsync();
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        await ReloadAsync(process, unit, volfile.Replace(from, to, StringComparison.Ordinal), message);
        Assert.Contains(
            words, File.ReadLines(process.Log).Last(line => line.Contains(message, StringComparison.Ordinal)),
            StringComparison.Ordinal);
        await File.WriteAllTextAsync(mount.In("file"), "x");

        // And what is right again is taken again.
        await ReloadAsync(
            process, unit, volfile.Replace(ReadOnlyOff, "option read-only on", StringComparison.Ordinal), "MSGID: 3016");
        Assert.Equal(1, (await Command.RunAsync("touch", mount.In("other"))).ExitCode);
    }

    [Fact]
    public async Task The_log_is_opened_anew()
    {
        (_, UnitProcess process, _) = await StartAsync();
        File.Move(process.Log, process.Log + ".1");
        await process.SignalAsync("HUP");
        await Until.LoggedAsync("the unit has opened its log anew and says so", process.Log, "MSGID: 3015");
        Assert.Contains("MSGID: 3005", await File.ReadAllTextAsync(process.Log + ".1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_manager_is_told_when_it_begins_and_when_it_is_over()
    {
        (_, UnitProcess process, _) = await StartAsync();
        await process.SignalAsync("HUP");
        await process.ExpectAsync("RELOADING=1");
        await process.ExpectAsync("READY=1");
    }

    [Fact]
    public async Task Clients_that_have_fetched_fetch_again_though_nothing_has_changed()
    {
        (_, UnitProcess process, FuseMount mount) = await StartAsync();
        await process.SignalAsync("HUP");
        await Until.LoggedAsync("the mount fetches its volfile again", mount.Log, "Volume file changed");
    }

    [Fact]
    public async Task A_gateway_opens_its_log_anew_as_well()
    {
        UnitProcess gateway = await UnitProcess.StartGatewayAsync(Workspace, "gateway", "--listen", $"127.0.0.1:{Ports.Free()}");
        File.Move(gateway.Log, gateway.Log + ".1");
        await gateway.SignalAsync("HUP");
        await Until.LoggedAsync("the gateway has opened its log anew and says so", gateway.Log, "MSGID: 3015");
    }

    private async Task<(UnitDefinition Unit, UnitProcess Process, FuseMount Mount)> StartAsync()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string layer =
            $"volume pool1-read-only\n    type features/read-only\n    {ReadOnlyOff}\n    subvolumes pool1-locks\nend-volume\n\n";
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        int above = volfile.IndexOf("volume pool1-simple-quota", StringComparison.Ordinal);
        volfile = volfile[..above] + layer + volfile[above..]
            .Replace("subvolumes pool1-locks", "subvolumes pool1-read-only", StringComparison.Ordinal);
        await File.WriteAllTextAsync(unit.Volfile, volfile);
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        return (unit, process, await FuseMount.CreateAsync(Workspace, unit.Port, "pool1"));
    }

    private static async Task ReloadAsync(UnitProcess process, UnitDefinition unit, string volfile, string message)
    {
        int before = Until.Count(process.Log, message);
        await File.WriteAllTextAsync(unit.Volfile, volfile);
        await process.SignalAsync("HUP");
        await Until.LoggedAsync("the unit has taken its volfile, or says why not", process.Log, message, before);
    }

    [Fact]
    public async Task What_a_reload_has_needed_is_given_back()
    {
        UnitDefinition unit = await CreateUnitAsync();
        var control = new ControlSocket(Workspace.Path("control"));
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--control", control.Path);
        string text = await File.ReadAllTextAsync(unit.Volfile);
        await RepeatAsync(rounds: 5);
        long before = await PrivateKiBAsync(process.Id);
        await RepeatAsync(rounds: 100);
        long after = await PrivateKiBAsync(process.Id);
        Assert.True(after < before + MayGrowKiB, $"{before} KiB of private memory, and {after} after a hundred reloads");

        async Task RepeatAsync(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                await File.WriteAllTextAsync(unit.Volfile, $"# {round}\n{text}");
                Assert.Equal(200, (await control.AskAsync("POST", "/v1/reload", "")).Status);
                _ = await control.GetAsync("/v1/status");
            }
        }
    }

    private static async Task<long> PrivateKiBAsync(int process) =>
        (await File.ReadAllLinesAsync($"/proc/{process}/smaps_rollup"))
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
}
