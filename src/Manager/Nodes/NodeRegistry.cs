using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Nodes;

/// <summary>The nodes of the cluster.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="time">The clock.</param>
public sealed class NodeRegistry(IStateStore store, TimeProvider time)
{
    private const string OldCertificate =
        $"{NodeCertificates.Problem}: the node has joined again since, or somebody else has that one (kadalu node join --again " +
        "there)";

    private const int MaxAttempts = 20;

    private readonly NameReservations _names = new(store);

    /// <summary>Finds a node.</summary>
    /// <returns>Null where it is not of the cluster, or not any more: its certificate is worth nothing then.</returns>
    public async Task<NodeDocument?> FindAsync(Guid node, CancellationToken cancellation) =>
        await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) is { } found
            ? found.Read(NodeDocumentJson.Default.NodeDocument) : null;

    /// <summary>Finds a node by its name.</summary>
    /// <returns>Null where there is none.</returns>
    public async Task<NodeDocument?> FindAsync(string name, CancellationToken cancellation) =>
        (await ListAsync(cancellation)).FirstOrDefault(node => node.Name == name);

    /// <summary>Finds a node by its name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public async Task<NodeDocument> GetAsync(string name, CancellationToken cancellation)
    {
        NodeDocument[] all = await ListAsync(cancellation);
        return all.FirstOrDefault(node => node.Name == name) ?? throw new CommandException(
            ExitCode.PoolRefused,
            $"there is no node \"{name}\" in the cluster; there are {string.Join(", ", all.Select(node => node.Name))}");
    }

    /// <summary>Checks that a node is of the cluster, and shows a certificate that it got last.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="shown">Its certificate, which the cluster's authority has signed for it.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It is not, or not any more.</exception>
    public async Task RequireAsync(Guid node, X509Certificate2 shown, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(shown);
        await ChangeAsync(
            node,
            known => known.Certificates.Has(shown) ? known with { Certificates = known.Certificates.See(shown) }
                : throw Refuse(OldCertificate), cancellation);
    }

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
        await ChangeAsync(node, known => known with { Port = report.Port, Version = report.Version }, cancellation);
    }

    /// <summary>Notes that a node was given another certificate.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="certificate">The certificate, PEM.</param>
    /// <param name="shown">The one that it has shown.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It is not of the cluster, or not any more.</exception>
    internal Task GiveAsync(Guid node, string certificate, X509Certificate2 shown, CancellationToken cancellation) => ChangeAsync(
        node, known => known with { Certificates = known.Certificates.Give(certificate, shown) }, cancellation);

    /// <summary>Notes where a node's agent is. Pools go on with its name.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="address">A name or an address; the node's name again for nothing else.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">There is no such node, or that is no address.</exception>
    public async Task<NodeDocument> PlaceAsync(string name, string address, CancellationToken cancellation)
    {
        if (!PoolRules.IsHost(address))
        {
            throw new CommandException(ExitCode.Usage, $"\"{address}\" is no name or address of a node");
        }

        NodeDocument node = await GetAsync(name, cancellation);
        await ChangeAsync(node.Id, known => known.WithAddress(address), cancellation);
        return await GetAsync(name, cancellation);
    }

    /// <summary>Gives a node another name, and frees those that it has had.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="name">The name; it may have it already.</param>
    /// <param name="findKept">Finds names that nobody else can have as yet; null for all that it has had.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">There is no such node, or the name is another one's.</exception>
    internal async Task<NodeDocument> RenameAsync(
        Guid node, string name, Func<Task<IReadOnlyCollection<string>?>> findKept, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            StateDocument found = await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) ??
                throw Refuse("it was removed from the cluster");
            NodeDocument known = found.Read(NodeDocumentJson.Default.NodeDocument);

            // Before it is looked what pools call it: one that comes meanwhile has written its name.
            StateDocument[] own = await _names.ListAsync(node, cancellation);
            IReadOnlyCollection<string>? kept = await findKept();
            bool IsFreed(string own) => own != name && kept?.Contains(own) == false;
            NodeDocument now = known.WithName(name);
            bool isReserved = own.Any(each => NameReservations.NameOf(each) == name);
            if (now == known && isReserved && !own.Any(each => IsFreed(NameReservations.NameOf(each))))
            {
                return now;
            }

            StateWrite[] names =
            [
                .. isReserved ? [] : new[] { NameReservations.Reserve(name, node, 0) },
                .. own.Select(each => IsFreed(NameReservations.NameOf(each))
                    ? NameReservations.Free(each) : NameReservations.Keep(each)),
            ];
            try
            {
                // The node goes with its names: neither is changed by what was read before somebody else has changed it.
                await store.CommitAsync([Write(found.Revision, now), .. names], cancellation);
                return now;
            }
            catch (StateConflictException conflict) when (NameReservations.IsOf(conflict) && conflict.Write.Expected == 0)
            {
                throw new CommandException(ExitCode.PoolRefused, $"{name} is the name of another node, or was until now");
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Another request of the node has changed it meanwhile, or a pool calls it so by now.
            }
        }
    }

    /// <summary>Finds what a node has here itself.</summary>
    /// <returns>What is to be written when it is removed: nobody believes it then, nor a token that its root has asked for.</returns>
    /// <exception cref="CommandException">There is none of this id.</exception>
    internal async Task<IReadOnlyCollection<StateWrite>> RemoveAsync(Guid node, CancellationToken cancellation)
    {
        StateDocument found = await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) ??
            throw Refuse("there is no such node");
        IReadOnlyList<StateDocument> tokens = await store.ListAsync(StateKind.Tokens, "", cancellation);
        return
        [
            new StateWrite(StateKind.Nodes, found.Key, found.Revision, null),
            .. (await _names.ListAsync(node, cancellation)).Select(NameReservations.Free),
            .. tokens.Where(token => token.Read(NodeDocumentJson.Default.TokenDocument).Maker == node)
                .Select(token => new StateWrite(StateKind.Tokens, token.Key, token.Revision, null)),
        ];
    }

    /// <summary>Finds the place of a node that wants to join. One that comes again, such as after its disk was lost, has its name still.</summary>
    /// <param name="request">What it says.</param>
    /// <param name="certificate">What it gets, PEM: from then on no other one is good.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What is to be written when it joins.</returns>
    /// <exception cref="CommandException">Another one has its id or name.</exception>
    internal async Task<IReadOnlyCollection<StateWrite>> FindPlaceAsync(
        JoinRequest request, string certificate, CancellationToken cancellation)
    {
        // What is decided here holds only for what was read: the revisions go with it.
        StateDocument? there = await store.FindAsync(StateKind.Nodes, KeyOf(request.Id), cancellation);
        StateDocument? named = await _names.FindAsync(request.Name, cancellation);
        NodeDocument? known = there?.Read(NodeDocumentJson.Default.NodeDocument);
        if (known is not null && known.Name != request.Name)
        {
            throw Refuse(
                $"it has the id of {known.Name}, {known.Id}: is this machine a copy of that one? (/var/lib/kadalu/node-id) If " +
                $"it is the same one, and was renamed: kadalu node join --name {known.Name}");
        }

        if (named?.Read(NodeDocumentJson.Default.Guid) is { } namesake && namesake != request.Id)
        {
            string now = (await FindAsync(namesake, cancellation))?.Name ?? request.Name;
            throw Refuse(
                now == request.Name
                    ? $"there is a node {now} already, with another id, {namesake}: if that one is gone for good, kadalu node " +
                        $"remove {now}"
                    : $"pools call the node {now} so still, {namesake}: kadalu node rename {now} {now} before");
        }

        var node = new NodeDocument(
            request.Id, request.Name, request.Port, time.GetUtcNow(), request.Version,
            NodeCertificates.Of(certificate, known?.Certificates), known?.Address);
        return
        [
            Write(there?.Revision ?? 0, node),
            NameReservations.Reserve(request.Name, request.Id, named?.Revision ?? 0),
        ];
    }

    // Where nothing changes nothing is written.
    private async Task ChangeAsync(Guid node, Func<NodeDocument, NodeDocument> change, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            StateDocument found = await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) ??
                throw Refuse("it was removed from the cluster");
            NodeDocument known = found.Read(NodeDocumentJson.Default.NodeDocument);
            NodeDocument now = change(known);
            if (now == known)
            {
                return;
            }

            try
            {
                await store.CommitAsync([Write(found.Revision, now)], cancellation);
                return;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Another request of the node has changed it meanwhile.
            }
        }
    }

    private static StateWrite Write(long expected, NodeDocument node) => StateWrite.Of(
        StateKind.Nodes, KeyOf(node.Id), expected, node, NodeDocumentJson.Default.NodeDocument);

    private static string KeyOf(Guid node) => node.ToString();

    private static CommandException Refuse(string reason) => new(ExitCode.PeerRefused, reason);
}
