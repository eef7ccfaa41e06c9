using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Long.Tests;

/// <summary>Clients in numbers, beside the stock daemon on the same volfile.</summary>
[Trait("Part", "load")]
public sealed class LoadTests : IntegrationTest
{
    // Without CAP_SYS_RESOURCE a process may have only 20,000 descriptors on some machines: there some of the 20,000 are refused
    // by our unit, while the stock daemon would leave them waiting.
    private const int Compared = 16_000;
    private const int Most = 20_000;
    private const int Programs = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Sixteen_thousand_that_leave_at_once_cost_what_they_cost_the_stock_daemon()
    {
        UnitDefinition unit = await CreateUnitAsync();
        (TimeSpan stock, TimeSpan stockSlowest) = await MeasureStockAsync(unit);
        var control = new ControlSocket(Workspace.Path("control"));
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, "--control", control.Path, "--max-per-address", "1000000", "--max-connections", "1000000");
        int descriptors = Descriptors(process.Id);
        (List<Crowd> crowds, int letIn) = await HoldAsync(unit, Compared);
        Assert.Equal(Compared, letIn);
        TimeSpan before = process.ProcessorTime;
        Crowd asking = await Crowd.AskAsync(Workspace, unit);
        await LeaveAsync(crowds, process.Id, descriptors);
        TimeSpan used = process.ProcessorTime - before;
        (TimeSpan slowest, int asked) = await asking.EndAsync();
        await Until.SeesAsync(
            "the connections of those that left are forgotten",
            async () => (await control.GetMetricsAsync())["connections"], connections => connections == 0);
        TestFigures.Print(string.Create(CultureInfo.InvariantCulture,
            $"{letIn} clients closed at once: {used.TotalSeconds:F2} s of processor time, SETVOLUME after " +
            $"{slowest.TotalMilliseconds:F0} ms at most; stock: {stock.TotalSeconds:F2} s, " +
            $"{stockSlowest.TotalMilliseconds:F0} ms"));
        Assert.True(
            used < (stock * 2) + TimeSpan.FromSeconds(1),
            $"{used.TotalSeconds:F2} s, the stock daemon {stock.TotalSeconds:F2} s");
        Assert.True(slowest < s_patience && asked > 0, $"one of {asked} clients was let in after {slowest.TotalSeconds:F1} s");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task Who_holds_twenty_thousand_leaves_the_unit_its_own_and_is_forgotten()
    {
        UnitDefinition unit = await CreateUnitAsync();
        var control = new ControlSocket(Workspace.Path("control"));
        UnitProcess process = await UnitProcess.StartAsync(
            Workspace, unit, "--control", control.Path, "--max-per-address", "1000000", "--max-connections", "1000000",
            "--health-interval", "0.2");
        int descriptors = (int)(await control.GetMetricsAsync())["open_descriptors"];
        long resident = process.ResidentKiB;
        for (int round = 0; round < 3; round++)
        {
            (List<Crowd> crowds, int letIn) = await HoldAsync(unit, Most);
            Assert.InRange(letIn, Most - 1000, Most);
            var clock = Stopwatch.StartNew();
            Assert.StartsWith("ok", await control.GetAsync("/readyz"), StringComparison.Ordinal);
            Assert.Equal("ok\n", await control.GetAsync("/livez"));
            Assert.True(clock.Elapsed < s_patience * 2, $"answered after {clock.Elapsed.TotalSeconds:F1} s");
            TimeSpan before = process.ProcessorTime;
            Crowd asking = await Crowd.AskAsync(Workspace, unit);
            await LeaveAsync(crowds, process.Id, descriptors);
            TimeSpan used = process.ProcessorTime - before;
            (TimeSpan slowest, int asked) = await asking.EndAsync();
            await Until.SeesAsync(
                "the connections of those that left are forgotten",
                async () => (await control.GetMetricsAsync())["connections"], connections => connections == 0);
            TestFigures.Print(string.Create(CultureInfo.InvariantCulture,
                $"round {round + 1}: {letIn} of {Most} clients closed at once, {used.TotalSeconds:F2} s of processor time, " +
                $"SETVOLUME after {slowest.TotalMilliseconds:F0} ms at most, {process.ResidentKiB - resident} KiB more than " +
                $"at first"));
            Assert.True(
                slowest < s_patience && asked > 0, $"one of {asked} clients was let in after {slowest.TotalSeconds:F1} s");
        }

        Dictionary<string, double> metrics = await control.GetMetricsAsync();
        Assert.InRange(metrics["open_descriptors"], descriptors - 10, descriptors + 10);
        Assert.Equal(0, metrics["health_check_failures_total"]);
        Assert.Equal(0, await process.StopAsync());
    }

    private async Task<(List<Crowd> Crowds, int LetIn)> HoldAsync(UnitDefinition unit, int clients)
    {
        var crowds = new List<Crowd>();
        int letIn = 0;
        for (int program = 0; program < Programs; program++)
        {
            (Crowd crowd, int count) = await Crowd.HoldAsync(Workspace, unit, clients / Programs);
            crowds.Add(crowd);
            letIn += count;
        }

        return (crowds, letIn);
    }

    // Until the process has closed their connections. It is not asked for that itself, which would take its time.
    private static async Task LeaveAsync(List<Crowd> crowds, int process, int descriptors)
    {
        await Task.WhenAll(crowds.Select(crowd => crowd.LeaveAsync()));
        await Until.SeesAsync(
            $"the process has at most 20 descriptors more than at first, {descriptors}", () => Descriptors(process),
            now => now < descriptors + 20);
    }

    private static int Descriptors(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    // The same volfile, with its server where our unit listens.
    private async Task<(TimeSpan Used, TimeSpan Slowest)> MeasureStockAsync(UnitDefinition unit)
    {
        string volfile = Workspace.Path("stock.vol");
        string text = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(
            volfile,
            WithoutQuota(text)
            .Replace("option listen-port 49253", $"option transport.socket.listen-port {unit.Port}", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(unit.Directory, ".glusterfs", "indices"));
        using Process stock = Command.Start("/usr/sbin/glusterfsd", ["-N", "-f", volfile, "-l", Workspace.Path("stock.log")]);
        try
        {
            await Until.SoAsync(
                "the stock daemon listens",
                () => !stock.HasExited && IsListening(unit.Port), () => File.ReadAllText(Workspace.Path("stock.log")));
            int descriptors = Descriptors(stock.Id);
            (List<Crowd> crowds, int letIn) = await HoldAsync(unit, Compared);
            Assert.Equal(Compared, letIn);
            stock.Refresh();
            TimeSpan before = stock.TotalProcessorTime;
            Crowd asking = await Crowd.AskAsync(Workspace, unit);
            await LeaveAsync(crowds, stock.Id, descriptors);
            stock.Refresh();
            TimeSpan used = stock.TotalProcessorTime - before;
            return (used, (await asking.EndAsync()).Slowest);
        }
        finally
        {
            stock.Kill();
            await stock.WaitForExitAsync();
        }
    }

    // Debian's GlusterFS does not have it; kadalu-fsd leaves it out by itself.
    private static string WithoutQuota(string volfile)
    {
        string[] volumes = volfile.Split("end-volume", StringSplitOptions.TrimEntries);
        string quota = volumes.First(volume => volume.Contains("features/simple-quota", StringComparison.Ordinal));
        string name = quota.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)[1];
        string below = quota[(quota.IndexOf("subvolumes ", StringComparison.Ordinal) + "subvolumes ".Length)..].Trim();
        return string.Join("\nend-volume\n", volumes.Where(volume => volume != quota))
            .Replace($"subvolumes {name}\n", $"subvolumes {below}\n", StringComparison.Ordinal);
    }

    private static bool IsListening(int port) => System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties()
        .GetActiveTcpListeners().Any(listener => listener.Port == port);
}
