using System.Text.Json;
using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>A self-heal daemon as Kadalu's manager starts it, in the place of glusterfs.</summary>
public sealed class HealDaemonTests : IntegrationTest
{
    [Fact]
    public async Task What_a_unit_missed_is_healed_without_a_client_that_would_look_at_it()
    {
        (UnitDefinition[] units, UnitProcess[] processes) = await StartMirrorAsync();
        ManagedHealDaemon healer = await ManagedHealDaemon.CreateAsync(Workspace, units);
        Command started = await healer.StartAsync();
        Assert.Equal((0, "", ""), (started.ExitCode, started.Output, started.Error));
        await ConnectedAsync(healer, [true, true, true]);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, units[0].Port, "mirror");
        await processes[2].KillAsync();
        await ConnectedAsync(healer, [true, true, false]);
        await File.WriteAllTextAsync(mount.In("missed"), "1");
        await mount.DisposeAsync();

        await UnitProcess.StartAsync(Workspace, units[2]);
        await Until.SoAsync(
            "the file that the unit has missed is healed",
            () => File.Exists(Path.Combine(units[2].Directory, "missed")) &&
            File.ReadAllText(Path.Combine(units[2].Directory, "missed")) == "1", () => healer.LogText);
        Assert.Contains("storage unit mirror-client-2 is not connected", healer.LogText, StringComparison.Ordinal);

        // Who healed it keeps account of it. Where several units' healers come across the same file, some find it locked.
        string account = "";
        await Until.SoAsync("the heal daemon has an account of a heal", async () =>
        {
            account = await healer.Control.GetAsync("/v1/heals");
            return JsonNode.Parse(account)!.AsArray().Any(crawl => (long)crawl!["healed"]! + (long)crawl["failed"]! > 0);
        }, () => account + healer.LogText);
    }

    [Fact]
    public async Task The_managers_life_of_it_ten_times_over()
    {
        (UnitDefinition[] units, _) = await StartMirrorAsync();
        ManagedHealDaemon healer = await ManagedHealDaemon.CreateAsync(Workspace, units);
        Assert.Equal(0, (await healer.StartAsync()).ExitCode);
        for (int round = 0; round < 10; round++)
        {
            int pid = healer.Pid;
            await healer.SignalAsync("HUP");
            await healer.StopAsync();
            Command started = await healer.StartAsync();
            Assert.True(started.ExitCode == 0, $"round {round}: {started.ExitCode} {started.Error}");
            await ManagedProcess.GoneAsync(pid);
            Assert.True(healer.IsRunning, $"round {round}");
            Assert.NotEqual(pid, healer.Pid);
        }

        await ConnectedAsync(healer, [true, true, true]);
        Assert.Equal(11, (await healer.Control.GetJsonAsync("/v1/status")).GetProperty("starts").GetInt32());
        int last = healer.Pid;
        await healer.StopAsync();
        await ManagedProcess.GoneAsync(last);
        Assert.Equal(["shd.mirror.last-run"], Directory.GetFileSystemEntries(Workspace.Path("run")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Options_are_taken_while_it_runs_and_other_layers_are_not()
    {
        (UnitDefinition[] units, _) = await StartMirrorAsync();
        ManagedHealDaemon healer = await ManagedHealDaemon.CreateAsync(Workspace, units);
        Assert.Equal(0, (await healer.StartAsync()).ExitCode);
        string text = await File.ReadAllTextAsync(healer.Volfile);

        await File.WriteAllTextAsync(healer.Volfile, text.Replace("heal-timeout 5", "heal-timeout 7", StringComparison.Ordinal));
        Assert.Equal("reconfigured", await ReloadAsync(healer));
        JsonNode option = JsonNode.Parse(await healer.Control.GetAsync("/v1/options"))!.AsArray()
            .Single(option => (string?)option!["name"] == "heal-timeout")!;
        Assert.Equal("7", (string?)option["value"]);

        await File.WriteAllTextAsync(
            healer.Volfile, text + "\n\nvolume top\n    type performance/io-threads\n    subvolumes mirror-shd\nend-volume\n");
        Assert.Equal("refused", await ReloadAsync(healer));
        await File.WriteAllTextAsync(
            healer.Volfile,
            text.Replace("subvolumes mirror-replicate-0\n", "subvolumes mirror-threads\n", StringComparison.Ordinal)
            .Replace(
                "volume mirror-shd",
                "volume mirror-threads\n    type performance/io-threads\n    subvolumes " +
                "mirror-replicate-0\nend-volume\n\nvolume mirror-shd", StringComparison.Ordinal));
        Assert.Equal("restart-needed", await ReloadAsync(healer));
        foreach (
            (string from, string to) in new[] {
                ($"remote-port {units[0].Port}", "remote-port 1"), ("remote-host 127.0.0.1", "remote-host localhost") })
        {
            await File.WriteAllTextAsync(healer.Volfile, text.Replace(from, to, StringComparison.Ordinal));
            Assert.Equal("restart-needed", await ReloadAsync(healer));
        }

        await File.WriteAllTextAsync(
            healer.Volfile, text.Replace("iam-self-heal-daemon on", "iam-self-heal-daemon off", StringComparison.Ordinal));
        Assert.Equal("refused", await ReloadAsync(healer));
        await ConnectedAsync(healer, [true, true, true]);
    }

    [Theory]
    [InlineData(
        "iam-self-heal-daemon on", "iam-self-heal-daemon off",
        "volume mirror-replicate-0 does not have iam-self-heal-daemon on: this is a client's volfile")]
    [InlineData("cluster/replicate", "cluster/distribute", "there is nothing to heal")]
    [InlineData("end-volume", "end", "line ")]
    public async Task A_volfile_that_is_none_of_its_own_is_refused_with_the_reason(string from, string to, string reason)
    {
        UnitDefinition[] units =
            [await UnitDefinition.CreateAsync(Workspace, "mirror", "u1"),
                await UnitDefinition.CreateAsync(Workspace, "mirror", "u2")];
        ManagedHealDaemon healer = await ManagedHealDaemon.CreateAsync(Workspace, units);
        await File.WriteAllTextAsync(
            healer.Volfile, (await File.ReadAllTextAsync(healer.Volfile)).Replace(from, to, StringComparison.Ordinal));
        Command started = await healer.StartAsync();
        Assert.Equal(3, started.ExitCode);
        Assert.Contains(reason, started.Error, StringComparison.Ordinal);
        Assert.Equal(["shd.mirror.last-failure"], Directory.GetFileSystemEntries(Workspace.Path("run")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Without_any_unit_it_waits_for_them_and_an_order_to_heal_says_why_nothing_is_healed()
    {
        UnitDefinition[] units =
            [await UnitDefinition.CreateAsync(Workspace, "mirror", "u1"),
                await UnitDefinition.CreateAsync(Workspace, "mirror", "u2")];
        ManagedHealDaemon healer = await ManagedHealDaemon.CreateAsync(Workspace, units);
        Assert.Equal(0, (await healer.StartAsync()).ExitCode);
        await Until.SeesAsync(
            "an order to heal is refused because no unit is connected",
            () => healer.Control.AskAsync("POST", "/v1/heals", """{"kind": "index"}"""),
            answer => answer.Status == 409 &&
            answer.Body.Contains($":{units[0].Directory}: Brick is not connected", StringComparison.Ordinal));
        Assert.Contains("ok, but", await healer.Control.GetAsync("/readyz"), StringComparison.Ordinal);
        await WriteVolfileAsync("mirror", ClientVolfile.Mirror(units));
        await Task.WhenAll(units.Select(unit => UnitProcess.StartAsync(Workspace, unit)));
        await ConnectedAsync(healer, [true, true]);
        Assert.Equal("ok\n", await healer.Control.GetAsync("/readyz"));
    }

    [Fact]
    public async Task Its_figures_are_as_strict_as_a_units_and_its_answers_fit_its_own_description()
    {
        (UnitDefinition[] units, _) = await StartMirrorAsync();
        ManagedHealDaemon healer = await ManagedHealDaemon.CreateAsync(Workspace, units);
        Assert.Equal(0, (await healer.StartAsync()).ExitCode);
        await ConnectedAsync(healer, [true, true, true]);
        JsonNode document = JsonNode.Parse(await healer.Control.GetAsync("/v1/openapi.json"))!;
        await OpenApi.CheckAsync(document, healer.Control, "get", "/v1/checks", "", 404);
        await OpenApi.CheckAsync(document, healer.Control, "post", "/v1/checks", "", 200);
        await Until.SeesAsync(
            "the comparison has ended", () => healer.Control.GetJsonAsync("/v1/checks"),
            check => !check.GetProperty("isRunning").GetBoolean());
        await OpenApi.CheckAsync(document, healer.Control, "get", "/v1/checks", "", 200);
        await OpenApi.CheckAsync(document, healer.Control, "post", "/v1/heals", """{"kind": "full"}""", 200);
        await OpenApi.CheckAsync(document, healer.Control, "post", "/v1/heals", """{"kind": "none"}""", 422);
        await OpenApi.CheckAsync(document, healer.Control, "post", "/v1/heals", "full", 400);
        await Until.SeesAsync(
            "the account of heals has a full one", () => healer.Control.GetJsonAsync("/v1/heals"),
            heals => heals.EnumerateArray().Any(crawl => crawl.GetProperty("isFull").GetBoolean()));
        Assert.Equal(7, await OpenApi.CheckAllAsync(document, healer.Control));
        Assert.Empty(OpenApi.FindWithoutWords(document));

        Dictionary<string, double> figures = await healer.Control.GetMetricsAsync();
        Assert.Equal(1, figures["ready"]);
        Assert.All(Enumerable.Range(0, 3), unit =>
            Assert.Equal(1, figures[$"heal_unit_connected{{group=\"mirror-replicate-0\",unit=\"mirror-client-{unit}\"}}"]));
        (int status, _) = await healer.Control.AskAsync("GET", "/v1/volfiles");
        Assert.Equal(404, status);
    }

    private static async Task<string> ReloadAsync(ManagedHealDaemon healer) =>
        (string)JsonNode.Parse((await healer.Control.AskAsync("POST", "/v1/reload")).Body)!["graph"]!;

    private static Task<JsonElement> ConnectedAsync(ManagedHealDaemon healer, bool[] units) => Until.SeesAsync(
        $"the heal daemon's connections are {string.Join(", ", units)}", () => healer.Control.GetJsonAsync("/v1/status"),
        status => status.GetProperty("healedUnits")
        .EnumerateArray().Select(unit => unit.GetProperty("isConnected").GetBoolean()).SequenceEqual(units),
        () => healer.LogText);

    private async Task<(UnitDefinition[] Units, UnitProcess[] Processes)> StartMirrorAsync()
    {
        UnitDefinition[] units =
        [
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u1"),
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u2"),
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u3"),
        ];
        await WriteVolfileAsync("mirror", ClientVolfile.Mirror(units));
        return (units, await Task.WhenAll(units.Select(unit => UnitProcess.StartAsync(Workspace, unit))));
    }
}
