using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Agent.Nodes;

/// <summary>Takes what the manager says of this node, and of itself, with its answers to reports. One caller at a time.</summary>
/// <param name="member">Which cluster the node is in.</param>
/// <param name="time">The clock.</param>
internal sealed class ManagerNews(ClusterMember member, TimeProvider time, ILogger logger)
{
    // Reports wait meanwhile.
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    // Where the manager was not found, and when it is looked for there again.
    private (string Host, string Problem, long At)? _missed;

    /// <summary>Takes it.</summary>
    /// <param name="asked">What this node kept of its cluster when it asked.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It cannot be noted.</exception>
    internal async Task TakeAsync(Membership asked, ReportAnswer answer, CancellationToken cancellation)
    {
        Membership? now = asked;
        string? name = answer.Nodes?.OfType<NodePlace>().FirstOrDefault(place => place.Node == asked.Node)?.Name;
        if (name is not null && name != asked.Name && PoolRules.IsHost(name))
        {
            now = await member.ChangeAsync(asked, asked with { Name = name }, cancellation);
            if (now is not null)
            {
                AgentLog.Renamed(logger, asked.Name, name);
            }
        }

        if (now is not null && answer.Manager is { } host && host != now.Manager.Host && PoolRules.IsHost(host) && IsDue(host))
        {
            await MoveAsync(now, host, cancellation);
        }
    }

    private bool IsDue(string host) =>
        _missed is not { } missed || missed.Host != host || time.GetElapsedTime(missed.At) > s_pause;

    // One that is not found there is asked where it was: another name may not be known here.
    private async Task MoveAsync(Membership now, string host, CancellationToken cancellation)
    {
        try
        {
            if (await ManagerMove.MakeAsync(member, now, host, time, cancellation) is not null)
            {
                AgentLog.ManagerMoved(logger, now.Manager.Host, host);
            }

            _missed = null;
        }
        catch (CommandException exception)
        {
            if (_missed?.Host != host || _missed?.Problem != exception.Message)
            {
                AgentLog.ManagerNotThere(logger, host, now.Manager.Host, exception.Message);
            }

            _missed = (host, exception.Message, time.GetTimestamp());
        }
    }
}
