using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Port;

/// <summary>How this node comes into a cluster and out of it, with all that has to know.</summary>
/// <param name="member">Which cluster the node is in.</param>
/// <param name="port">Where others are served.</param>
/// <param name="reports">Tells the manager of this node.</param>
/// <param name="notifier">Is told which cluster that is from now on.</param>
/// <param name="self">Says so.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterEntry(
    ClusterMember member, AgentPort port, ManagerReports reports, ServiceNotifier notifier, IDaemon self, TimeProvider time)
{
    /// <summary>Joins a cluster.</summary>
    /// <exception cref="CommandException">It cannot; says why.</exception>
    internal async Task JoinAsync(JoinOrder order, CancellationToken cancellation)
    {
        await member.JoinAsync(order, cancellation);
        await port.OpenAsync();
        reports.Hurry();
        notifier.Status(self.Status);
    }

    /// <summary>Looks for the manager somewhere else from now on.</summary>
    /// <exception cref="CommandException">It does not answer there; says why. Nothing was changed.</exception>
    internal async Task MoveManagerAsync(ManagerOrder order, CancellationToken cancellation)
    {
        if (!PoolRules.IsHost(order.Host))
        {
            throw new CommandException(ExitCode.Usage, $"\"{order.Host}\" is no name or address");
        }

        if (await ManagerMove.MakeAsync(member, member.Link.Membership, order.Host, time, cancellation) is null)
        {
            throw new CommandException(ExitCode.PoolRefused, "this node has joined or left a cluster meanwhile: try again");
        }

        reports.Hurry();
    }

    /// <summary>Forgets the cluster.</summary>
    /// <exception cref="CommandException">This node is in none, or that cannot be noted.</exception>
    internal async Task LeaveAsync(CancellationToken cancellation)
    {
        await member.LeaveAsync(cancellation);
        await port.CloseAsync();
        notifier.Status(self.Status);
    }
}
