using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Nodes;

/// <summary>The nodes of the cluster.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="time">The clock.</param>
public sealed class NodeRegistry(IStateStore store, TimeProvider time)
{
    // Which node has a name: no two can.
    private const string NamePrefix = "name/";

    /// <summary>Finds a node.</summary>
    /// <returns>Null where it is not of the cluster, or not any more: its certificate is worth nothing then.</returns>
    public async Task<NodeDocument?> FindAsync(Guid node, CancellationToken cancellation) =>
        await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) is { } found
            ? found.Read(NodeDocumentJson.Default.NodeDocument) : null;

    /// <summary>Finds a node by its name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public async Task<NodeDocument> GetAsync(string name, CancellationToken cancellation)
    {
        NodeDocument[] all = await ListAsync(cancellation);
        return all.FirstOrDefault(node => node.Name == name) ?? throw new CommandException(
            ExitCode.PoolRefused,
            $"there is no node \"{name}\" in the cluster; there are {string.Join(", ", all.Select(node => node.Name))}");
    }

    /// <summary>Checks that a node is of the cluster.</summary>
    /// <exception cref="CommandException">It is not, or not any more.</exception>
    public async Task RequireAsync(Guid node, CancellationToken cancellation) =>
        _ = await FindAsync(node, cancellation) ?? throw Refuse("it was removed from the cluster");

    /// <summary>All nodes.</summary>
    /// <returns>They, by name.</returns>
    public async Task<NodeDocument[]> ListAsync(CancellationToken cancellation) =>
        [.. (await store.ListAsync(StateKind.Nodes, "", cancellation))
            .Select(found => found.Read(NodeDocumentJson.Default.NodeDocument))
            .OrderBy(node => node.Name, StringComparer.Ordinal)];

    /// <summary>Notes what a node says of itself, where that is news.</summary>
    /// <exception cref="CommandException">It is not of the cluster, or not any more.</exception>
    public async Task NoteAsync(Guid node, NodeReport report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        StateDocument found = await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) ??
            throw Refuse("it was removed from the cluster");
        NodeDocument known = found.Read(NodeDocumentJson.Default.NodeDocument);
        NodeDocument now = known with { Port = report.Port, Version = report.Version };
        if (now != known)
        {
            await store.CommitAsync([Write(found.Revision, now)], cancellation);
        }
    }

    /// <summary>Removes a node, which nobody believes from now on.</summary>
    /// <exception cref="CommandException">There is none of this id, or a pool has units on it.</exception>
    public async Task RemoveAsync(Guid node, CancellationToken cancellation)
    {
        StateDocument found = await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) ??
            throw Refuse("there is no such node");
        if (await store.ListAsync(StateKind.Units, KeyOf(node) + "/", cancellation) is { Count: > 0 } units)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"{units.Count} units of pools are on it: replace or delete them first");
        }

        string name = NamePrefix + found.Read(NodeDocumentJson.Default.NodeDocument).Name;
        await store.CommitAsync(
            [
                new StateWrite(StateKind.Nodes, found.Key, found.Revision, null),
                new StateWrite(StateKind.Cluster, name, await RevisionOfAsync(StateKind.Cluster, name, cancellation), null),
            ], cancellation);
    }

    /// <summary>Finds the place of a node that wants to join. One that comes again, such as after its disk was lost, has its name still.</summary>
    /// <returns>What is to be written when it joins.</returns>
    /// <exception cref="CommandException">Another one has its id or name.</exception>
    internal async Task<IReadOnlyCollection<StateWrite>> FindPlaceAsync(JoinRequest request, CancellationToken cancellation)
    {
        NodeDocument[] nodes = await ListAsync(cancellation);
        if (nodes.FirstOrDefault(other => other.Id == request.Id && other.Name != request.Name) is { } twin)
        {
            throw Refuse(
                $"it has the id of {twin.Name}, {twin.Id}: is this machine a copy of that one? (/var/lib/kadalu/node-id)");
        }

        if (nodes.FirstOrDefault(other => other.Id != request.Id && other.Name == request.Name) is { } namesake)
        {
            throw Refuse(
                $"there is a node {request.Name} already, with another id, {namesake.Id}: if that one is gone for good, " +
                $"kadalu node remove {request.Name}");
        }

        string name = NamePrefix + request.Name;
        var node = new NodeDocument(request.Id, request.Name, request.Port, time.GetUtcNow(), request.Version);
        return
        [
            Write(await RevisionOfAsync(StateKind.Nodes, KeyOf(request.Id), cancellation), node),
            StateWrite.Of(
                StateKind.Cluster, name, await RevisionOfAsync(StateKind.Cluster, name, cancellation), request.Id,
                NodeDocumentJson.Default.Guid),
        ];
    }

    private async Task<long> RevisionOfAsync(StateKind kind, string key, CancellationToken cancellation) =>
        (await store.FindAsync(kind, key, cancellation))?.Revision ?? 0;

    private static StateWrite Write(long expected, NodeDocument node) => StateWrite.Of(
        StateKind.Nodes, KeyOf(node.Id), expected, node, NodeDocumentJson.Default.NodeDocument);

    private static string KeyOf(Guid node) => node.ToString();

    private static CommandException Refuse(string reason) => new(ExitCode.PeerRefused, reason);
}
