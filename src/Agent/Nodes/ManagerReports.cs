using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Agent.Nodes;

/// <summary>
/// Tells the manager of this node, again and again: that it is there, and which pools it knows. What the manager finds missing it sends.
/// </summary>
internal sealed class ManagerReports(
    ClusterMember member, AgentOptions options, NodeState state, TimeProvider time, ILogger<ManagerReports> logger)
    : Part, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private readonly Guid _session = Guid.NewGuid();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _hurry = new(0);
    private Task _reporting = Task.CompletedTask;

    /// <summary>Does not wait for the next time.</summary>
    internal void Hurry() => _hurry.Release();

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        _reporting = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _reporting;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _hurry.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        string? problem = "";
        try
        {
            while (true)
            {
                TimeSpan pause = s_pause;
                if (member.Membership is { } membership)
                {
                    (string? now, pause) = await ReportAsync(stop);
                    if (now != problem)
                    {
                        Say(membership.Manager, now);
                        problem = now;
                    }
                }

                await _hurry.WaitAsync(pause, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private async Task<(string? Problem, TimeSpan Pause)> ReportAsync(CancellationToken stop)
    {
        try
        {
            if (await member.RenewAsync(stop))
            {
                AgentLog.Renewed(logger);
            }

            using PeerClient manager = member.CreateManagerClient();
            var report = new NodeReport(
                _session, member.Name, options.ParseListen().Port, ProgramVersion.Text, time.GetUtcNow(), state.ListPools());
            ReportAnswer answer = await manager.AskAsync(
                NodePaths.Report, report, NodeJson.Default.NodeReport, NodeJson.Default.ReportAnswer, s_patience, stop);
            return (null, TimeSpan.FromSeconds(answer.Pause));
        }
        catch (CommandException exception)
        {
            return (exception.Message, s_pause);
        }
    }

    private void Say(ManagerPlace manager, string? problem)
    {
        if (problem is null)
        {
            AgentLog.ManagerFound(logger, manager.Host, manager.Port);
        }
        else
        {
            AgentLog.ManagerLost(logger, problem);
        }
    }
}
