using System.Text.Json;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Attack.Tests;

/// <summary>
/// Clients that are let in, or ask to be, in numbers: whoever comes beside them is served, and what they used is there again when
/// they are gone.
/// </summary>
public sealed class CrowdTests : IntegrationTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private ControlSocket Control => new(Workspace.Path("control"));

    [Fact]
    public async Task Clients_that_leave_at_once_cost_each_the_same_however_many_they_are()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync("--max-per-address", "20000");
        double few = await MeasureLeavingAsync(unit, process, 1000);
        double many = await MeasureLeavingAsync(unit, process, 6000);
        TestFigures.Print($"closing 1,000 clients at once costs {few * 1e6:F0} us each, 6,000 cost {many * 1e6:F0} us each");
        Assert.True(many < few * 1.8, $"1,000 clients cost {few * 1e6:F0} us each, 6,000 cost {many * 1e6:F0} us each");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task While_thousands_leave_at_once_others_are_let_in()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync("--max-per-address", "20000");
        (Crowd crowd, int letIn) = await Crowd.HoldAsync(Workspace, unit, 4000);
        Assert.Equal(4000, letIn);
        Crowd asking = await Crowd.AskAsync(Workspace, unit);
        await crowd.LeaveAsync();
        await Until.SeesAsync(
            "the unit has forgotten the 4000 clients that left", ClientsAsync, clients => clients <= 1);
        (TimeSpan slowest, int clients) = await asking.EndAsync();
        Assert.True(
            slowest < s_patience && clients > 0, $"one of {clients} clients was let in after {slowest.TotalSeconds:F1} s");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task One_address_has_its_limit_and_others_are_let_in()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync("--max-per-address", "10");
        (Crowd crowd, int letIn) = await Crowd.HoldAsync(Workspace, unit, 15);
        Assert.Equal(10, letIn);
        Assert.Equal(5, (await Control.GetMetricsAsync())["connections_refused_total{reason=\"too-many-of-address\"}"]);

        await WriteVolfileAsync("other", ClientVolfile.Single(unit, TestNetwork.Address));
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "other");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        await crowd.LeaveAsync();
        await Until.SeesAsync(
            "the connections of those that left are forgotten", ConnectionsAsync, connections => connections <= 2);
        (_, letIn) = await Crowd.HoldAsync(Workspace, unit, 10);
        Assert.Equal(10, letIn);
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task All_together_have_a_limit()
    {
        UnitDefinition unit = await CreateUnitAsync(clientHost: TestNetwork.Address);
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit, "--control", Control.Path, "--max-connections", "12");
        (_, int letIn) = await Crowd.HoldAsync(Workspace, unit, 15);
        Assert.Equal(12, letIn);
        Assert.Equal(3, (await Control.GetMetricsAsync())["connections_refused_total{reason=\"too-many\"}"]);

        // Of the pool's nodes, which its volfile names, some may always come.
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task A_record_that_is_too_long_before_a_client_is_let_in_is_not_held()
    {
        const int Peers = 20;
        (UnitDefinition unit, UnitProcess process) = await StartAsync();
        long before = process.ResidentKiB;
        (Crowd crowd, int closed) = await Crowd.ClaimAsync(Workspace, unit.Port, Peers, 16 * 1024 * 1024);
        Assert.Equal(Peers, closed);
        Assert.InRange(process.ResidentKiB - before, long.MinValue, 16 * 1024);
        Assert.Equal(Peers, (await Control.GetMetricsAsync())["connections_refused_total{reason=\"record-too-long\"}"]);
        await crowd.LeaveAsync();

        // A client that was let in may send what it likes: its writes are longer.
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllBytesAsync(mount.In("file"), new byte[4 * 1024 * 1024]);
        Assert.Equal(4 * 1024 * 1024, new FileInfo(Path.Combine(unit.Directory, "file")).Length);
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task Who_is_not_let_in_in_time_is_closed_and_who_is_stays()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync("--handshake-timeout", "1");
        (Crowd letIn, int count) = await Crowd.HoldAsync(Workspace, unit, 3);
        Assert.Equal(3, count);

        // Each has sent the beginning of a short record, and waits.
        (_, int closed) = await Crowd.ClaimAsync(Workspace, unit.Port, 20, 1000);
        Assert.Equal(20, closed);
        Dictionary<string, double> metrics = await Control.GetMetricsAsync();
        Assert.Equal(
            (20, 3, 0),
            (metrics["connections_refused_total{reason=\"handshake-timeout\"}"], metrics["clients"],
                metrics["handshaking_connections"]));
        await letIn.LeaveAsync();
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task More_than_may_wait_to_be_let_in_push_out_the_oldest()
    {
        (UnitDefinition unit, UnitProcess process) = await StartAsync("--max-undecided", "10");
        (_, int closed) = await Crowd.ClaimAsync(Workspace, unit.Port, 30, 1000);
        Assert.Equal(20, closed);
        (_, int letIn) = await Crowd.HoldAsync(Workspace, unit, 5);
        Assert.Equal(5, letIn);
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task A_thousand_clients_on_a_thousand_descriptors_degrade_the_unit_and_do_not_end_it()
    {
        (UnitDefinition unit, UnitProcess process) =
            await StartLimitedAsync("--health-interval", "0.1", "--metrics-listen", "127.0.0.1:" + Ports.Free());
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        (Crowd crowd, int letIn) = await Crowd.HoldAsync(Workspace, unit, 1000);

        // The volfile names 127.0.0.1: these come from a node, which may have more than other clients.
        Assert.InRange(letIn, 400, 600);
        await StateAsync("degraded", "descriptors-exhausted");
        await SeveralLooksAsync();
        Assert.StartsWith("ok", await Control.GetAsync("/readyz"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(mount.In("meanwhile"), "x");
        Dictionary<string, double> metrics = await Control.GetMetricsAsync();
        Assert.Equal(
            (1, 0, 1000),
            (metrics["health_problem{code=\"descriptors-exhausted\"}"], metrics["health_check_failures_total"],
                metrics["max_descriptors"]));
        Assert.InRange(metrics["open_descriptors"], 750, 900);
        await crowd.LeaveAsync();
        await StateAsync("ready", null);
        await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task Open_files_leave_descriptors_for_the_unit_itself()
    {
        (UnitDefinition unit, UnitProcess process) = await StartLimitedAsync("--health-interval", "0.1");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        var files = new List<FileStream>();
        try
        {
            IOException refused = Assert.Throws<IOException>(() =>
            {
                for (int number = 0; number < 1000; number++)
                {
                    files.Add(File.Create(mount.In($"file{number}")));
                }
            });
            Assert.Contains("Too many open files", refused.Message, StringComparison.Ordinal);
            await StateAsync("degraded", "descriptors-exhausted");
            await SeveralLooksAsync();
            files[0].Write("still there"u8);
            files[0].Flush();
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }

        await StateAsync("ready", null);
        Assert.Equal(0, await process.StopAsync());
    }

    private async Task<(UnitDefinition Unit, UnitProcess Process)> StartAsync(params string[] arguments)
    {
        UnitDefinition unit = await CreateUnitAsync();
        return (unit, await UnitProcess.StartAsync(Workspace, unit, ["--control", Control.Path, .. arguments]));
    }

    private async Task<(UnitDefinition Unit, UnitProcess Process)> StartLimitedAsync(params string[] arguments)
    {
        UnitDefinition unit = await CreateUnitAsync();
        return (unit,
            await UnitProcess.StartAsync(
                Workspace, unit, "prlimit", ["--nofile=1000", Workspace.Program], ["--control", Control.Path, .. arguments]));
    }

    // Processor time for each, in seconds.
    private async Task<double> MeasureLeavingAsync(UnitDefinition unit, UnitProcess process, int count)
    {
        (Crowd crowd, int letIn) = await Crowd.HoldAsync(Workspace, unit, count);
        Assert.Equal(count, letIn);
        TimeSpan before = process.ProcessorTime;
        await crowd.LeaveAsync();
        await Until.SeesAsync(
            "the connections of those that left are forgotten", ConnectionsAsync, connections => connections == 0);
        return (process.ProcessorTime - before).TotalSeconds / count;
    }

    private async Task<double> ClientsAsync() => (await Control.GetMetricsAsync())["clients"];

    private async Task<double> ConnectionsAsync() => (await Control.GetMetricsAsync())["connections"];

    private async Task SeveralLooksAsync()
    {
        double before = (await Control.GetMetricsAsync())["health_checks_total"];
        await Until.SeesAsync(
            "the directory has been checked five times more",
            async () => (await Control.GetMetricsAsync())["health_checks_total"], checks => checks >= before + 5);
    }

    private async Task StateAsync(string state, string? code)
    {
        JsonElement status = default;
        await Until.SoAsync(
            $"the unit is {state} with the problem {code ?? "(any)"}",
            async () =>
            {
                status = await Control.GetJsonAsync("/v1/status");
                string?[] codes =
                    [.. status.GetProperty("health").GetProperty("problems").EnumerateArray()
                        .Select(problem => problem.GetProperty("code").GetString())];
                return status.GetProperty("state").GetString() == state && (code is null || codes.Contains(code));
            },
            () => $"{status}");
    }
}
