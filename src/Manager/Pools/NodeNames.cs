using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>What nodes are called: in the cluster, and in pools that have not been told yet that a node has another name by now.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="reservations">Whose a name is.</param>
/// <param name="pools">The pools.</param>
/// <param name="reach">Checks that names lead to nodes.</param>
internal sealed class NodeNames(NodeRegistry nodes, NameReservations reservations, PoolRegistry pools, NameReach reach)
{
    /// <summary>
    /// Gives a node another name in the cluster; one that it has already stays. What pools call it is nobody else's name until they are told, each by a
    /// task of its own; what none calls it any more is free afterwards.
    /// </summary>
    /// <param name="name">The node's name.</param>
    /// <param name="order">The name that it gets.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The node as it is, or would be.</returns>
    /// <exception cref="CommandException">It cannot have the name; says why.</exception>
    internal async Task<NodeDocument> RenameAsync(string name, NodeNameOrder order, CancellationToken cancellation)
    {
        NodeDocument[] all = await nodes.ListAsync(cancellation);
        NodeDocument node = await nodes.GetAsync(name, cancellation);
        NodeDocument renamed = node.WithName(order.Name);
        if (node.Name != order.Name)
        {
            await CheckAsync(node, renamed, all, cancellation);
            await reach.CheckNameAsync(renamed, node.Name, order.IsOfflineOk, cancellation);
        }

        return order.IsTrial ? renamed
            : await nodes.RenameAsync(node.Id, order.Name, () => FindCalledAsync(node.Id, cancellation), cancellation);
    }

    /// <summary>Notes where a node's agent is, if all nodes find it there. Pools go on with its name.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="order">Where it is.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The node as it is.</returns>
    /// <exception cref="CommandException">There is no such node, or it is not found there.</exception>
    internal async Task<NodeDocument> PlaceAsync(string name, NodeOrder order, CancellationToken cancellation)
    {
        if (!PoolRules.IsHost(order.Address))
        {
            throw new CommandException(ExitCode.Usage, $"\"{order.Address}\" is no name or address of a node");
        }

        NodeDocument placed = (await nodes.GetAsync(name, cancellation)).WithAddress(order.Address);
        await reach.CheckAddressAsync(placed, order.IsOfflineOk, cancellation);
        return await nodes.PlaceAsync(name, order.Address, cancellation);
    }

    /// <summary>Finds what is to be written with a new pool, so that its nodes are called what it calls them.</summary>
    /// <param name="pool">The pool, which has ids of nodes.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Null where one is called something else by now.</returns>
    internal async Task<StateWrite[]?> HoldAsync(Pool pool, CancellationToken cancellation)
    {
        var held = new List<StateWrite>();
        foreach (PoolNode node in PoolText.NodesOf(pool))
        {
            var id = Guid.Parse(node.Id);
            if (await reservations.HoldAsync(id, node.Name, cancellation) is not { } write ||
                (await nodes.FindAsync(id, cancellation))?.Name != node.Name)
            {
                return null;
            }

            held.Add(write);
        }

        return [.. held];
    }

    /// <summary>
    /// Finds what is to be written with a task, so that a node has the name that the pool gives it, and keeps the one that the pool has for it until now:
    /// the task may be taken back.
    /// </summary>
    /// <exception cref="CommandException">The cluster calls the node something else.</exception>
    internal async Task<StateWrite[]> HoldAsync(PoolOrder order, KnownPool pool, CancellationToken cancellation)
    {
        if (order is not RenameNodeOrder rename)
        {
            return [];
        }

        var held = new List<StateWrite>();
        foreach (string name in new[] { rename.Name, pool.FindNode(rename.Node)?.Name ?? rename.Name }.Distinct())
        {
            held.Add(await reservations.HoldAsync(rename.Node, name, cancellation) ?? throw new CommandException(
                ExitCode.PoolRefused, $"{name} is the name of another node"));
        }

        await RequireAsync(order, cancellation);
        return [.. held];
    }

    /// <summary>Refuses an order that has a pool call a node what the cluster does not call it.</summary>
    /// <exception cref="CommandException">It is such an order.</exception>
    internal async Task RequireAsync(PoolOrder order, CancellationToken cancellation)
    {
        if (order is RenameNodeOrder rename && (await nodes.FindAsync(rename.Node, cancellation))?.Name != rename.Name)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the cluster calls no node {rename.Node} {rename.Name}: kadalu node rename {rename.From} {rename.Name} before");
        }
    }

    /// <summary>The same order with the name of its node in the pool, which may not have been told yet that the node has another one.</summary>
    internal async Task<PoolOrder> InPoolAsync(PoolOrder order, KnownPool pool, CancellationToken cancellation) => order switch
    {
        DrainOrder drain => drain with { Node = await InPoolAsync(drain.Node, pool, cancellation) },
        ResumeOrder resume => resume with { Node = await InPoolAsync(resume.Node, pool, cancellation) },
        _ => order,
    };

    private async Task<string> InPoolAsync(string name, KnownPool pool, CancellationToken cancellation) =>
        (await nodes.FindAsync(name, cancellation) is { } node ? pool.FindNode(node.Id)?.Name : null) ?? name;

    private async Task CheckAsync(
        NodeDocument node, NodeDocument renamed, NodeDocument[] all, CancellationToken cancellation)
    {
        if (!PoolRules.IsHost(renamed.Name))
        {
            throw new CommandException(ExitCode.Usage, $"\"{renamed.Name}\" is no name or address of a node");
        }

        // Names of hosts are the same in capital letters (RFC 4343).
        if (all.FirstOrDefault(other =>
            other.Id != node.Id && string.Equals(other.Name, renamed.Name, StringComparison.OrdinalIgnoreCase)) is { } namesake)
        {
            throw new CommandException(ExitCode.PoolRefused, $"there is a node {namesake.Name} already, {namesake.Id}");
        }

        if (await reservations.FindOwnerAsync(renamed.Name, cancellation) is { } owner && owner != node.Id &&
            all.FirstOrDefault(other => other.Id == owner) is { } former)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"pools call the node {former.Name} {renamed.Name} still: kadalu node rename {former.Name} {former.Name} before");
        }
    }

    // What a task changes may be taken back; a node that was away calls it by the earlier name still.
    private async Task<IReadOnlyCollection<string>?> FindCalledAsync(Guid node, CancellationToken cancellation)
    {
        KnownPool[] own = [.. (await pools.ListAsync(cancellation)).Where(pool => pool.FindNode(node) is not null)];
        return own.All(pool => pool.Record is { Task: null, Missed: null })
            ? [.. own.Select(pool => pool.FindNode(node)!.Name)] : null;
    }
}
