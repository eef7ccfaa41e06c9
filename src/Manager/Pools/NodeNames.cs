using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>What nodes are called: in the cluster, and in pools that have not been told yet that a node has another name by now.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="pools">The pools.</param>
/// <param name="clients">Asks nodes.</param>
internal sealed class NodeNames(NodeRegistry nodes, PoolRegistry pools, NodeClients clients)
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
        }

        if (order.IsTrial)
        {
            return renamed;
        }

        // What a task changes may be taken back; a node that was away calls it by the earlier name still.
        KnownPool[] own = [.. (await pools.ListAsync(cancellation)).Where(pool => pool.FindNode(node.Id) is not null)];
        string[]? called = own.All(pool => pool.Record is { Task: null, Missed: null })
            ? [.. own.Select(pool => pool.FindNode(node.Id)!.Name)] : null;
        return await nodes.RenameAsync(node.Id, order.Name, called, cancellation);
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

        try
        {
            await clients.CheckHereAsync(renamed, cancellation);
        }
        catch (CommandException exception)
        {
            throw new CommandException(
                exception.Code,
                $"{renamed.Name} does not lead to {node.Name}: {exception.Message}; nothing was changed. All nodes and clients " +
                "have to find it by that name before (DNS, /etc/hosts), and its agent has to run");
        }
    }
}
