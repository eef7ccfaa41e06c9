using System.Text.Json.Nodes;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Pools where systemd is the service manager.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class SystemdTests : IntegrationTest
{
    private const string HealDaemon = "kadalu-fsd-heal-daemon@pool1.service";

    [Fact]
    public async Task A_pools_processes_are_services_that_come_back_when_they_die_and_when_the_machine_starts()
    {
        string[] units = [.. Enumerable.Range(1, 3).Select(number => Path.Combine(Workspace.Create("units"), $"u{number}"))];
        SystemdMachine machine = await SystemdMachine.StartAsync(Workspace);
        await machine.MakeClusterAsync();
        await machine.PoolAsync(["create", "pool1", "mirror", "3", .. units, "--same-node", "--root-partition"]);
        string[] services =
            [.. units.Select(unit => $"kadalu-fsd@pool1.{Environment.MachineName}.{unit.Trim('/').Replace('/', '-')}.service")];
        foreach (string service in services.Append(HealDaemon))
        {
            Assert.Equal("active", await machine.ShowAsync(service, "ActiveState"));
            Assert.Equal("enabled", (await machine.MustAsync("systemctl", "is-enabled", service)).Trim());
        }

        JsonNode[] status = await StatusAsync(machine);
        Assert.Equal(
            await Task.WhenAll(services.Select(service => machine.ShowAsync(service, "MainPID"))),
            status.Select(unit => unit["processId"]!.ToString()));
        FuseMount mount = await FuseMount.CreateAsync(Workspace, (int)status[0]["port"]!, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "1");

        // Whoever kills one has it started again; nobody asked for that.
        await machine.KillAsync(services[0]);
        await machine.KillAsync(HealDaemon);
        await Until.SeesAsync(
            "systemd has started unit and heal daemon again, with their clients",
            async () => (Units: await StatusAsync(machine), HealDaemon: await machine.ShowAsync(HealDaemon, "ActiveState")),
            now => now.Units.All(unit => (string?)unit["state"] == "ready" && (int?)unit["clients"] == 2) &&
            now.HealDaemon == "active");
        Assert.NotEqual((int)status[0]["processId"]!, (int)(await StatusAsync(machine))[0]["processId"]!);

        await machine.DisposeAsync();
        machine = await SystemdMachine.StartAsync(Workspace);
        await Until.SeesAsync(
            "the units are ready, with their clients", () => StatusAsync(machine),
            status => status.All(unit => (string?)unit["state"] == "ready" && (int?)unit["clients"] == 2));
        Assert.Equal("1", await File.ReadAllTextAsync(mount.In("file")));
        await mount.DisposeAsync();

        await Until.SoAsync(
            "agent and manager have come back as well",
            async () => (await machine.TryPoolAsync("stop", "pool1")).ExitCode == 0);
        Assert.All(
            services.Append(HealDaemon), service => Assert.Equal("inactive", machine.ShowAsync(service, "ActiveState").Result));
        await machine.PoolAsync("delete", "pool1");
        Assert.DoesNotContain(
            "pool1", await machine.MustAsync("find", "/etc/kadalu-fsd", "/etc/systemd/system", "/var/lib/kadalu"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_that_cannot_start_is_told_with_its_log_and_one_that_systemd_gave_up_on_can_be_started_again()
    {
        string unit = Path.Combine(Workspace.Create("units"), "u1");
        SystemdMachine machine = await SystemdMachine.StartAsync(Workspace);
        await machine.MakeClusterAsync();
        await machine.PoolAsync("create", "pool1", unit, "--root-partition", "--no-start");
        await Command.MustAsync("setfattr", "-x", "trusted.glusterfs.volume-id", unit);
        Command started = await machine.TryPoolAsync("start", "pool1");
        Assert.Equal(11, started.ExitCode);
        string service = $"kadalu-fsd@pool1.{Environment.MachineName}.{unit.Trim('/').Replace('/', '-')}.service";
        Assert.Contains($"journalctl -xeu {service}", started.Error, StringComparison.Ordinal);

        // Until systemd does not even try any more.
        string begun = "";
        await Until.SoAsync("systemd has given the service up", async () =>
        {
            (string before, _) = (begun, await machine.RunAsync("systemctl", "start", service));
            return before == (begun = await machine.ShowAsync(service, "ExecMainStartTimestampMonotonic"));
        });

        string id = ((string)JsonNode.Parse(await machine.PoolAsync("info", "pool1", "--json"))![0]!["id"]!)
            .Replace("-", "", StringComparison.Ordinal);
        await Command.MustAsync("setfattr", "-n", "trusted.glusterfs.volume-id", "-v", "0x" + id, unit);
        await machine.PoolAsync("start", "pool1");
        Assert.Equal("ready", (string?)(await StatusAsync(machine))[0]["state"]);
    }

    private static async Task<JsonNode[]> StatusAsync(SystemdMachine machine) =>
        [.. JsonNode.Parse((await machine.TryPoolAsync("status", "pool1", "--json")).Output)![0]!["units"]!.AsArray().Select(unit => unit!)];
}
