using System.Globalization;
using System.Text.Json;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>What a unit knows of the run before, and what a crash leaves behind.</summary>
public sealed class HistoryTests : IntegrationTest
{
    private const int KilledBySegmentationFault = 128 + 11;

    private ControlSocket Control => new(Workspace.Path("u.control.sock"));

    [Fact]
    public async Task The_next_start_reports_a_crash()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess first = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        Assert.Equal((1, JsonValueKind.Null), await StartsAndPreviousAsync());
        await first.SignalAsync("SEGV");
        Assert.Equal(KilledBySegmentationFault, await first.WaitAsync());
        string words = await File.ReadAllTextAsync(Workspace.Path("u.crash-report"));
        Assert.Contains("signal: 11\n", words, StringComparison.Ordinal);
        Assert.Contains($"process: {first.Id}\n", words, StringComparison.Ordinal);
        Assert.Contains("glusterfs: 10.3\n", words, StringComparison.Ordinal);
        Assert.Contains("graph: protocol/server > debug/io-stats > ", words, StringComparison.Ordinal);
        Assert.Contains("libc.so.6", words, StringComparison.Ordinal);

        // One that does not get that far was no run: the crash is still to be told of.
        Command refused = await Command.RunAsync(
            Workspace.Program, "unit", "--volfile", unit.Volfile, "--port", unit.Port.ToString(CultureInfo.InvariantCulture),
            "--control", Control.Path, "--log", "/proc/no/such.log");
        Assert.Contains("cannot open the log", refused.Error, StringComparison.Ordinal);

        UnitProcess second = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        Assert.Matches($"MSGID: 3027.* process {first.Id}, crashed: .*signal: 11", second.LogText);
        Assert.Equal((2, JsonValueKind.Object), await StartsAndPreviousAsync());
        Assert.Equal(words, (await PreviousAsync()).GetProperty("crashReport").GetString());
        Assert.Contains("crashed", await Command.MustAsync(Workspace.Program, "status", Control.Path), StringComparison.Ordinal);

        // The third knows of the second only, which ended well.
        Assert.Equal(0, await second.StopAsync());
        await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        JsonElement previous = await PreviousAsync();
        Assert.Equal(
            (0, JsonValueKind.Null), (previous.GetProperty("exitCode").GetInt32(), previous.GetProperty("crashReport").ValueKind));
        Assert.Equal(3, (await Control.GetMetricsAsync())["starts_total"]);
    }

    [Fact]
    public async Task A_process_that_was_killed_is_missed()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess first = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        await first.KillAsync();
        UnitProcess second = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        Assert.Matches($"MSGID: 3028.* process {first.Id}, ended without a record", second.LogText);
        JsonElement previous = await PreviousAsync();
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (previous.GetProperty("endedAt").ValueKind, previous.GetProperty("crashReport").ValueKind));
    }

    [Fact]
    public async Task What_cannot_be_read_of_the_past_is_no_obstacle()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await File.WriteAllTextAsync(Workspace.Path("u.last-run"), "{ not what it was");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path);
        Assert.Equal((1, JsonValueKind.Null), await StartsAndPreviousAsync());
        Assert.Equal(0, await process.StopAsync());
    }

    private async Task<(int Starts, JsonValueKind Previous)> StartsAndPreviousAsync()
    {
        JsonElement status = await Control.GetJsonAsync("/v1/status");
        return (status.GetProperty("starts").GetInt32(), status.GetProperty("previousRun").ValueKind);
    }

    private async Task<JsonElement> PreviousAsync() => (await Control.GetJsonAsync("/v1/status")).GetProperty("previousRun");
}
