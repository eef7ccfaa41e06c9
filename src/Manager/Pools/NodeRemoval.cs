using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Pools;

/// <summary>Takes a node out of the cluster, with what pools wait for from it.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="pools">The pools.</param>
internal sealed class NodeRemoval(IStateStore store, NodeRegistry nodes, PoolRegistry pools)
{
    /// <summary>Removes a node, which nobody believes from now on. A pool that is deleted does not wait for it any more.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What was known of it.</returns>
    /// <exception cref="CommandException">There is none of this name, or a pool needs it.</exception>
    internal async Task<NodeDocument> RemoveAsync(string name, CancellationToken cancellation)
    {
        NodeDocument node = await nodes.GetAsync(name, cancellation);
        KnownPool[] there = await pools.ListOnAsync(node.Id, cancellation);
        if (there.Where(pool => pool.Record.Phase != PoolPhase.Deleting).ToArray() is { Length: > 0 } needed)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"units of pools are on it ({Names(needed)}): replace or delete them first");
        }

        if (there.FirstOrDefault(pool => pool.Record.Task is not null) is { } busy)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the task {busy.Record.Task} deletes {busy.Record.Name} now (kadalu task wait {busy.Record.Task})");
        }

        var writes = new List<StateWrite>(await nodes.RemoveAsync(node.Id, cancellation));
        foreach (KnownPool pool in there)
        {
            Guid[] left = [.. pool.Record.Left.Where(other => other != node.Id)];
            writes.AddRange(left.Length == 0
                ? await pools.RemoveAsync(pool, cancellation)
                : [PoolRegistry.Write(pool, pool.Record with { Left = left })]);
        }

        try
        {
            await store.CommitAsync(writes, cancellation);
            return node;
        }
        catch (StateConflictException)
        {
            throw new CommandException(
                ExitCode.PoolRefused, "something was changed meanwhile: the node is in the cluster still, try again");
        }
    }

    private static string Names(KnownPool[] pools) => string.Join(", ", pools.Select(pool => pool.Record.Name));
}
