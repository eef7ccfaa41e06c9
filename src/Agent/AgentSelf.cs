using KadaluFsd.Agent.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Agent;

/// <summary>Status lines of an agent, and what signals do.</summary>
internal sealed class AgentSelf(ClusterMember member, AgentOptions options, AgentOutput output, ILogger<AgentSelf> logger)
    : IDaemon
{
    /// <inheritdoc/>
    public string Status => member.Membership is { } membership
        ? $"node {membership.Name} of the cluster {membership.Cluster}, on {options.Listen}"
        : "in no cluster: kadalu cluster create makes one, kadalu node join TOKEN lets this node into one";

    /// <inheritdoc/>
    public void SayReady() => AgentLog.Ready(logger, Status);

    /// <inheritdoc/>
    public string SayStopping() => "steps that were begun go on";

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

/// <summary>An agent's log file.</summary>
internal sealed class AgentOutput(LogOptions options, ProcessLog log, ClusterMember member, ILogger<AgentOutput> logger)
    : OwnLog(options, log, logger)
{
    /// <inheritdoc/>
    protected override void SayStarting() => AgentLog.Starting(logger, ProgramVersion.Text, member.Name, member.Node);
}
