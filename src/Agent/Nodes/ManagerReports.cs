using KadaluFsd.Agent.Disks;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Agent.Nodes;

/// <summary>
/// Tells the manager of this node, again and again: that it is there, and which pools it knows. What the manager finds missing it sends.
/// </summary>
internal sealed class ManagerReports(
    ClusterMember member, AgentOptions options, NodeState state, NodeDisks disks, NodeFiles files, TimeProvider time,
    ILogger<ManagerReports> logger) : BackgroundPart
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    private const double MinPause = 0.1;
    private const double MaxPause = 60;

    private readonly Guid _session = Guid.NewGuid();
    private readonly SemaphoreSlim _hurry = new(0);
    private readonly ManagerNews _news = new(member, time, logger);

    // What was said last: nothing is said twice. Null where all is well.
    private string? _renewing;
    private string? _reporting = "nothing was tried yet";

    /// <summary>Why the manager has given no other certificate at the last attempt; null where it has, or none was wanted.</summary>
    internal string? RenewalProblem => Volatile.Read(ref _renewing);

    /// <summary>Does not wait for the next time.</summary>
    internal void Hurry() => _hurry.Release();

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            TimeSpan pause = s_pause;
            if (member.Membership is { } membership)
            {
                await RenewAsync(stopping);
                pause = await ReportAsync(membership.Manager, stopping);
            }

            await _hurry.WaitAsync(pause, stopping);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _hurry.Dispose();
    }

    // A certificate that is good still serves for reports, whatever the matter is.
    private async Task RenewAsync(CancellationToken stop)
    {
        try
        {
            if (await member.RenewAsync(stop))
            {
                AgentLog.Renewed(logger);
            }

            Volatile.Write(ref _renewing, null);
        }
#pragma warning disable CA1031 // Whatever it is: the node has to be heard of.
        catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (_renewing != exception.Message)
            {
                AgentLog.NotRenewed(logger, exception.Message);
            }

            Volatile.Write(ref _renewing, exception.Message);
        }
    }

    // Says once what is the matter. There is always a next time.
    private async Task<TimeSpan> ReportAsync(ManagerPlace manager, CancellationToken stop)
    {
        string? problem = null;
        Exception? fault = null;
        TimeSpan pause = s_pause;
        try
        {
            pause = await ReportAsync(stop);
        }
        catch (CommandException exception)
        {
            problem = exception.Message;
        }
#pragma warning disable CA1031 // Whatever it is: a node that says nothing any more counts as lost.
        catch (Exception exception) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            (problem, fault) = (exception.Message, exception);
        }

        switch (problem == _reporting ? "" : problem)
        {
            case null:
                AgentLog.ManagerFound(logger, manager.Host, manager.Port);
                break;
            case { Length: > 0 } when fault is not null:
                AgentLog.ReportFailed(logger, fault);
                break;
            case { Length: > 0 } news:
                AgentLog.ManagerLost(logger, news);
                break;
        }

        _reporting = problem;
        return pause;
    }

    private async Task<TimeSpan> ReportAsync(CancellationToken stop)
    {
        ClusterLink link = member.Link;
        (PoolReport[] pools, (string Path, Guid Pool)[] units) = state.ListPools();
        var report = new NodeReport(
            _session, link.Membership.Name, options.ParseListen().Port, ProgramVersion.Text, time.GetUtcNow(), pools,
            StepFence.FindHighest(files.Generations), await disks.ReadAsync(units));
        ReportAnswer answer = await link.Manager.AskAsync(
            NodePaths.Report, report, NodeJson.Default.NodeReport, NodeJson.Default.ReportAnswer, s_patience, stop);
        new NodePlaces(answer.Nodes).PutIfNew(files.ClusterNodes);
        await _news.TakeAsync(link.Membership, answer, stop);

        // A broken manager must not be asked all the time, or never again.
        return TimeSpan.FromSeconds(double.IsFinite(answer.Pause) ? Math.Clamp(answer.Pause, MinPause, MaxPause) : MaxPause);
    }
}
