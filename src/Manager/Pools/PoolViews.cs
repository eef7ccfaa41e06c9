using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>Pools as people see them.</summary>
/// <param name="pools">The pools.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="presence">What nodes have said last.</param>
/// <param name="clients">Asks nodes.</param>
internal sealed class PoolViews(PoolRegistry pools, NodeRegistry nodes, NodePresence presence, NodeClients clients)
{
    /// <summary>What is known of a pool, as it can be shown: without its password.</summary>
    internal PoolInfo Describe(KnownPool known)
    {
        PoolRecord record = known.Record;
        return new PoolInfo(
            record.Id, record.Name, known.Pool.Type, record.Phase.ToString().ToLowerInvariant(),
            known.Shown, known.Digest, record.Task, [.. known.Nodes.Select(node => Describe(known, node))], FindProblem(known));
    }

    /// <summary>The same in few words, for a list of many.</summary>
    internal PoolSummary Summarize(KnownPool known) => new(
        known.Record.Id, known.Record.Name, known.Pool.Type, known.Record.Phase.ToString().ToLowerInvariant(), known.Record.Task,
        [.. known.Nodes.Select(node => node.Name)],
        [.. known.Nodes.Where(node => Describe(known, node).IsBehind).Select(node => node.Name)], FindProblem(known));

    /// <summary>Asks every node of a pool how it is there.</summary>
    /// <exception cref="CommandException">There is no such pool.</exception>
    internal async Task<PoolStatusAnswer> AskStatusAsync(string name, CancellationToken cancellation)
    {
        KnownPool known = await pools.GetAsync(name, cancellation);
        NodeStatus[] statuses = await Task.WhenAll(known.Nodes.Select(node => AskAsync(node, name, cancellation)));
        return new PoolStatusAnswer(Describe(known), statuses);
    }

    private async Task<NodeStatus> AskAsync(PoolNode node, string pool, CancellationToken cancellation)
    {
        try
        {
            return await nodes.FindAsync(Guid.Parse(node.Id), cancellation) is { } document
                ? new NodeStatus(node.Name, await clients.AskStatusAsync(document, pool, cancellation), null)
                : new NodeStatus(node.Name, null, "it was removed from the cluster");
        }
        catch (CommandException exception)
        {
            return new NodeStatus(node.Name, null, exception.Message);
        }
    }

    private string? FindProblem(KnownPool known)
    {
        if (!known.Record.IsOlder)
        {
            return null;
        }

        string name = known.Record.Name;
        string[] later =
        [
            .. known.Nodes.Select(node => (node.Name, Pool: Find(known, node)))
                .Where(node => node.Pool is { } there && known.IsOlderThan(there))
                .Select(node =>
                    $"{node.Name} has revision {node.Pool!.Revision}, {node.Pool.State}, of the task {node.Pool.Generation}"),
        ];
        string what = later.Length > 0 ? string.Join("; ", later) : "which one that is they do not say now";
        return $"the manager has revision {known.Pool.Revision} of {name}, and nodes have a later one: {what}. Its state is an " +
            $"older copy, or {name} was changed there by hand (kadalu pool adopt {name} --from NODE takes what NODE has; " +
            "where no node has the pool any more: kadalu pool stop, kadalu pool delete)";
    }

    private PoolReport? Find(KnownPool known, PoolNode node) =>
        presence.Find(Guid.Parse(node.Id))?.Report.Pools.FirstOrDefault(pool => pool.Id == known.Record.Id);

    private PoolNodeInfo Describe(KnownPool known, PoolNode node)
    {
        var id = Guid.Parse(node.Id);
        NodeReport? report = presence.Find(id)?.Report;
        PoolReport? there = report?.Pools.FirstOrDefault(pool => pool.Id == known.Record.Id);
        return new PoolNodeInfo(
            node.Name, there?.State, there?.Revision, report is not null && known.IsBehind(id, report),
            known.Record.IsDrained(id));
    }
}
