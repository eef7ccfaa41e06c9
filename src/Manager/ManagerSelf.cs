using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Tasks;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Manager;

/// <summary>Status lines of a manager, and what signals do.</summary>
internal sealed class ManagerSelf(
    ClusterIdentity cluster, ManagerOptions options, ManagerOutput output, ILogger<ManagerSelf> logger) : IDaemon
{
    /// <inheritdoc/>
    public string Status => cluster.IsThere
        ? $"manager of the cluster {cluster.Id}, on {options.Listen}"
        : "there is no cluster yet: kadalu cluster create makes one";

    /// <inheritdoc/>
    public void SayReady() => ManagerLog.Ready(logger, Status);

    /// <inheritdoc/>
    public string SayStopping() => "tasks go on when it is back";

    /// <inheritdoc/>
    public void Reload()
    {
        output.Reopen();
        LifeLog.Reloading(logger);
    }

    /// <summary>There is no GlusterFS in this process that could write one.</summary>
    public void WriteStatedump()
    {
    }
}

/// <summary>A manager's log file.</summary>
internal sealed class ManagerOutput(LogOptions options, ProcessLog log, NodeFiles files, ILogger<ManagerOutput> logger)
    : OwnLog(options, log, logger)
{
    /// <inheritdoc/>
    protected override void SayStarting() => ManagerLog.Starting(logger, ProgramVersion.Text, files.ManagerState);
}

/// <summary>What the manager knows, from its start to its end; tasks that were interrupted go on.</summary>
internal sealed class ManagerState(ClusterIdentity cluster, TaskEngine engine) : Part
{
    /// <inheritdoc/>
    protected override async Task StartAsync(CancellationToken stopping)
    {
        await cluster.OpenAsync(stopping);
        await engine.ResumeAsync(stopping);
    }

    /// <inheritdoc/>
    protected override Task StopAsync() => engine.StopAsync();
}
