using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Shared;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Hosting.Tests;

/// <summary>What a running process is asked, and what it does of it.</summary>
public class ServiceManagerTests
{
    [Fact]
    public async Task Requests_are_done_one_after_the_other_and_those_that_wait_before_it_stops()
    {
        using var requests = new DaemonRequests();
        var daemon = new Daemon();
        IHostedService handling =
            new RequestHandling(requests, daemon, new ServiceNotifier(NullLogger<ServiceNotifier>.Instance));
        requests.Add(DaemonRequest.Statedump);
        requests.Add(DaemonRequest.Reload);
        requests.Add(DaemonRequest.Statedump);
        await handling.StartAsync(default);
        await handling.StopAsync(default).WaitAsync(Patience.Limit);
        requests.Add(DaemonRequest.Reload);
        Assert.Equal(["statedump", "reload", "statedump"], daemon.Done);
    }

    [Fact]
    public async Task Who_asks_again_and_again_does_not_fill_memory()
    {
        using var requests = new DaemonRequests();
        for (int count = 0; count < 1000; count++)
        {
            requests.Add(DaemonRequest.Reload);
        }

        requests.Close();
        int waiting = 0;
        await foreach (DaemonRequest request in requests.ReadAllAsync())
        {
            Assert.Equal(DaemonRequest.Reload, request);
            waiting++;
        }

        Assert.Equal(8, waiting);
    }

    [Fact]
    public void A_stop_can_be_cut_short_and_comes_once()
    {
        using var requests = new DaemonRequests();
        Assert.False(requests.StopWanted.IsCancellationRequested || requests.CutShortWanted.IsCancellationRequested);
        requests.Stop(null);
        requests.Stop(TimeSpan.FromSeconds(3));
        Assert.True(requests.StopWanted.IsCancellationRequested);
        Assert.Null(requests.StopTimeout);
        Assert.False(requests.CutShortWanted.IsCancellationRequested);
        requests.CutShort();
        Assert.True(requests.CutShortWanted.IsCancellationRequested);
    }

    [Fact]
    public async Task It_is_up_from_the_moment_on_in_which_it_is_ready()
    {
        string path = Path.GetTempFileName();
        File.Delete(path);
        using var pidFile = new PidFile(path);
        var daemon = new Daemon();
        var readiness = new Readiness(pidFile, daemon, new ServiceNotifier(NullLogger<ServiceNotifier>.Instance));
        Assert.Equal(0, readiness.UptimeSeconds);
        await ((IHostedService)readiness).StartAsync(default);
        Assert.True(pidFile.IsInPlace);
        Assert.Equal(["ready"], daemon.Done);
        await Until.SoAsync("it has been up for some time", () => readiness.UptimeSeconds > 0);
        await ((IHostedService)readiness).StopAsync(default);
        Assert.Equal(["ready", "stopping"], daemon.Done);
    }

    [Fact]
    public void A_thread_of_its_own_does_things_in_order_and_throws_where_it_is_waited_for()
    {
        using var thread = new WorkThread("test");
        int id = thread.Invoke(() => Environment.CurrentManagedThreadId);
        Assert.NotEqual(Environment.CurrentManagedThreadId, id);
        Assert.Equal("on purpose", Assert.Throws<InvalidOperationException>(
            () => thread.Invoke<int>(() => throw new InvalidOperationException("on purpose"))).Message);
        Assert.Equal((id, "test"), thread.Invoke(() => (Environment.CurrentManagedThreadId, Thread.CurrentThread.Name!)));
    }

    [Theory]
    [InlineData(1024, 768, 896)]
    [InlineData(2048, 1536, 1792)]
    [InlineData(1_048_576, 1_048_064, 1_048_320)]
    public void The_last_descriptors_are_for_nodes_and_for_the_process_itself(int limit, int nodes, int itself)
    {
        var budget = new DescriptorBudget(limit);
        Assert.Equal((nodes, itself), (budget.ForNodes, budget.ForItself));
    }

    [Fact]
    public void Where_clients_can_have_no_more_descriptors_that_is_a_problem()
    {
        Assert.Null(new DescriptorBudget(DescriptorTable.RaiseLimit()).Look());
        Assert.Equal(HealthCodes.DescriptorsExhausted, new DescriptorBudget(4).Look()?.Code);
    }

    private sealed class Daemon : IDaemon
    {
        internal List<string> Done { get; } = [];

        public string Status => "as it should be";

        public void SayReady() => Done.Add("ready");

        public string SayStopping()
        {
            Done.Add("stopping");
            return "";
        }

        public void Reload() => Done.Add("reload");

        public void WriteStatedump() => Done.Add("statedump");
    }
}
