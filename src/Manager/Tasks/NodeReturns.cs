using System.Collections.Concurrent;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Manager.Tasks;

/// <summary>
/// Sees from a node's report what it has missed, and has it told: at once after each start of its agent and for each state of a pool, then, as
/// long as it has not taken it, again and again with longer and longer pauses.
/// </summary>
/// <param name="pools">The pools.</param>
/// <param name="orders">Begins tasks.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeReturns(PoolRegistry pools, TaskOrders orders, TimeProvider time, ILogger<NodeReturns> logger)
{
    private readonly ConcurrentDictionary<Guid, Lateness> _nodes = new();

    /// <summary>Looks at a report.</summary>
    /// <exception cref="CommandException">The store cannot be read.</exception>
    internal async Task LookAsync(Guid node, NodeReport report, CancellationToken cancellation)
    {
        Lateness lateness = _nodes.GetOrAdd(node, _ => new Lateness());
        KnownPool[] behind =
            [.. (await pools.ListOnAsync(node, cancellation)).Where(known => known.IsBehind(node, report))];
        IEnumerable<KnownPool> due = lateness.FindDue(report.Session, behind, time.GetUtcNow());
        foreach (KnownPool known in due)
        {
            await TellAsync(known, node, report.Name, cancellation);
        }
    }

    /// <summary>Forgets a node, which is not of the cluster any more.</summary>
    internal void Forget(Guid node) => _nodes.TryRemove(node, out _);

    private async Task TellAsync(KnownPool known, Guid node, string name, CancellationToken cancellation)
    {
        try
        {
            ManagerLog.NodeBehind(logger, name, known.Record.Name);
            await orders.BeginAsync(new CatchUpOrder(known.Record.Name, node), known, cancellation);
        }
        catch (CommandException exception)
        {
            ManagerLog.NodeNotTold(logger, name, known.Record.Name, exception.Message);
        }
    }
}
