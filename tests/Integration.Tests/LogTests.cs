using System.Text.Json;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>A unit's log: as JSON, and under a flood.</summary>
public sealed class LogTests : IntegrationTest
{
    [Fact]
    public async Task As_json_every_line_is_an_object_whoever_wrote_it()
    {
        UnitDefinition unit = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--log-format", "json");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        await mount.DisposeAsync();
        Assert.Equal(0, await process.StopAsync());
        string[] lines = await File.ReadAllLinesAsync(process.Log);
        JsonElement[] events = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.All(
            events,
            one => Assert.InRange(
                one.GetProperty("time").GetDateTime().ToUniversalTime(), DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow));
        Assert.Contains(
            events,
            one => one.TryGetProperty("messageId", out JsonElement id) &&
            id.GetInt32() == 3005 && one.GetProperty("domain").GetString() == "kadalu-fsd");
        Assert.Contains(
            events,
            one => one.GetProperty("file").GetString() == "server-handshake.c" &&
            one.GetProperty("message").GetString()!.Contains("accepted client", StringComparison.Ordinal));
        Assert.Equal(
            events.Select(one => one.GetProperty("time").GetDateTime()).Order(),
            events.Select(one => one.GetProperty("time").GetDateTime()));
    }

    [Fact]
    public async Task A_flood_is_suppressed_and_counted()
    {
        const int Failures = 500;
        var control = new ControlSocket(Workspace.Path("control"));
        UnitDefinition unit = await CreateUnitAsync();
        string volfile = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(
            unit.Volfile,
            volfile.Replace("subvolumes pool1-simple-quota", "subvolumes pool1-read-only", StringComparison.Ordinal)
                .Replace(
                    "volume pool1-io-threads",
                    "volume pool1-read-only\n    type features/read-only\n    option read-only on\n    subvolumes " +
                    "pool1-simple-quota\nend-volume\n\nvolume pool1-io-threads", StringComparison.Ordinal));
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--log-limit", "20", "--control", control.Path);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");

        // Each is a line of the server's, with another name in it, so that GlusterFS does not fold them.
        for (int file = 0; file < Failures; file++)
        {
            Assert.Throws<IOException>(() => File.WriteAllText(mount.In($"file{file}"), "x"));
        }

        double suppressed = (await control.GetMetricsAsync())["log_lines_suppressed_total"];
        int written = Until.Count(process.Log, "CREATE info");
        Assert.InRange(written, 20, 60);
        Assert.InRange(suppressed, Failures - written, Failures * 2);
    }
}
