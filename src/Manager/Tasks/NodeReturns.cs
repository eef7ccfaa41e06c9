using System.Collections.Concurrent;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Sees from a node's report what it has missed, and has it told: once for each start of its agent and each state of a pool.</summary>
/// <param name="pools">The pools.</param>
/// <param name="orders">Begins tasks.</param>
internal sealed class NodeReturns(PoolRegistry pools, TaskOrders orders, ILogger<NodeReturns> logger)
{
    private readonly ConcurrentDictionary<Guid, (Guid Session, HashSet<string> Told)> _told = new();

    /// <summary>Looks at a report.</summary>
    /// <exception cref="CommandException">The store cannot be read.</exception>
    internal async Task LookAsync(Guid node, NodeReport report, CancellationToken cancellation)
    {
        (Guid session, HashSet<string> told) = _told.GetValueOrDefault(node, (Guid.Empty, []));
        if (session != report.Session)
        {
            (session, told) = _told[node] = (report.Session, []);
        }

        foreach (KnownPool known in await pools.ListOnAsync(node, cancellation))
        {
            if (known.Record.Task is null && known.IsBehind(node, report) && told.Add(NameOf(known)))
            {
                await TellAsync(known, node, report.Name, cancellation);
            }
        }
    }

    // Not by its revision in the store, which telling a node changes too.
    private static string NameOf(KnownPool known) =>
        $"{known.Record.Id} {known.Pool.Revision} {known.Record.Phase} {string.Join(' ', known.Record.Left)}";

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
