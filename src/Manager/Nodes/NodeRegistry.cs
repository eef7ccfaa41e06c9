using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Nodes;

/// <summary>The nodes of a cluster: how they come, are known, and go.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="time">The clock.</param>
public sealed class NodeRegistry(IStateStore store, TimeProvider time) : IDisposable
{
    /// <summary>How far the clock of a node that joins may be from the manager's.</summary>
    public static readonly TimeSpan MaxClockOffset = TimeSpan.FromSeconds(30);

    private const string OnlyKey = "cluster";

    // Which node has a name: no two can.
    private const string NamePrefix = "name/";

    private ClusterDocument? _cluster;
    private ClusterAuthority? _authority;

    /// <summary>The cluster's id; null before there is one.</summary>
    public Guid? Cluster => _cluster?.Id;

    /// <summary>Reads what there is.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        if (await store.FindAsync(StateKind.Cluster, OnlyKey, cancellation) is { } found)
        {
            Use(found.Read(NodeDocumentJson.Default.ClusterDocument));
        }
    }

    /// <summary>Makes the cluster.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="CommandException">There is one already.</exception>
    public async Task<Guid> CreateAsync(CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        using var authority = ClusterAuthority.Create(id, time);
        var cluster = new ClusterDocument(id, authority.ExportCertificate(), authority.ExportKey());
        try
        {
            await store.CommitAsync(
                [StateWrite.Of(StateKind.Cluster, OnlyKey, 0, cluster, NodeDocumentJson.Default.ClusterDocument)], cancellation);
        }
        catch (StateConflictException)
        {
            throw Refuse("there is a cluster already");
        }

        Use(cluster);
        return id;
    }

    /// <summary>The authority's certificate, for whoever is to believe it.</summary>
    /// <returns>It; the caller owns it.</returns>
    /// <exception cref="CommandException">There is no cluster.</exception>
    public ClusterTrust Trust() => Authority.Trust();

    /// <summary>Makes a certificate for the manager itself: it has the authority's key, and needs to keep none of its own.</summary>
    /// <param name="node">The id of the node that it is on.</param>
    /// <returns>The certificate with its key; the caller owns it.</returns>
    /// <exception cref="CommandException">There is no cluster.</exception>
    public X509Certificate2 CreateManagerCertificate(Guid node)
    {
        using var key = NodeKey.Create();
        return NodeKey.Join(Sign(key.Request(), new PeerIdentity(node, ClusterRole.Manager)), key.Export());
    }

    /// <summary>Makes a token with which one node can join.</summary>
    /// <param name="host">A name or an address of the manager that the node can reach.</param>
    /// <param name="port">Its port.</param>
    /// <param name="lifetime">How long it can be used.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">There is no cluster.</exception>
    public async Task<JoinToken> CreateTokenAsync(string host, int port, TimeSpan lifetime, CancellationToken cancellation)
    {
        using ClusterTrust trust = Trust();
        var token = JoinToken.Create(host, port, trust);
        List<StateWrite> writes = await ForgetExpiredAsync(cancellation);
        writes.Add(StateWrite.Of(
            StateKind.Tokens, token.DigestOfSecret(), 0, new TokenDocument(time.GetUtcNow() + lifetime),
            NodeDocumentJson.Default.TokenDocument));
        await store.CommitAsync(writes, cancellation);
        return token;
    }

    /// <summary>Lets a node in.</summary>
    /// <returns>Its certificate.</returns>
    /// <exception cref="CommandException">It cannot come in; says why. A token that was not good stays as it was.</exception>
    public async Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        string digest = new JoinToken("", 0, request.Secret, default).DigestOfSecret();
        StateDocument token = await store.FindAsync(StateKind.Tokens, digest, cancellation) ??
            throw Refuse("the token is not known: it was used, or is of another cluster");
        if (token.Read(NodeDocumentJson.Default.TokenDocument).Expires is var expires && expires <= time.GetUtcNow())
        {
            throw Refuse($"the token could be used until {expires:u}: kadalu node token makes another one");
        }

        TimeSpan offset = request.Time - time.GetUtcNow();
        if (offset.Duration() > MaxClockOffset)
        {
            string where = offset > TimeSpan.Zero ? "ahead of" : "behind";
            throw Refuse(
                $"its clock is {offset.Duration().TotalSeconds:0} s {where} the manager's: set both by NTP (chrony)");
        }

        if (!PoolRules.IsHost(request.Name))
        {
            throw Refuse($"\"{request.Name}\" is no name of a node");
        }

        StateWrite[] place = await FindPlaceAsync(request, cancellation);
        string certificate = Sign(request.Key, new PeerIdentity(request.Id, ClusterRole.Node));
        try
        {
            // Of two nodes with one token, id or name one comes in.
            await store.CommitAsync([new StateWrite(StateKind.Tokens, digest, token.Revision, null), .. place], cancellation);
        }
        catch (StateConflictException conflict)
        {
            throw Refuse(
                conflict.Write.Kind == StateKind.Tokens ? "the token was used just now"
                : "a node with this id or name has joined just now");
        }

        return new JoinAnswer(_cluster!.Id, certificate, _cluster.Certificate);
    }

    /// <summary>Signs a new key of a node, before its certificate ends.</summary>
    /// <param name="node">Who asks, by its certificate.</param>
    /// <param name="key">A certificate request, DER.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The certificate, PEM.</returns>
    /// <exception cref="CommandException">It is not of the cluster any more.</exception>
    public async Task<string> RenewAsync(PeerIdentity node, byte[] key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(node);
        _ = await FindAsync(node.Node, cancellation) ?? throw Refuse("it was removed from the cluster");
        return Sign(key, node);
    }

    /// <summary>Finds a node.</summary>
    /// <returns>Null where it is not of the cluster, or not any more: its certificate is worth nothing then.</returns>
    public async Task<NodeDocument?> FindAsync(Guid node, CancellationToken cancellation) =>
        await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) is { } found
            ? found.Read(NodeDocumentJson.Default.NodeDocument) : null;

    /// <summary>All nodes.</summary>
    /// <returns>They, by name.</returns>
    public async Task<NodeDocument[]> ListAsync(CancellationToken cancellation) =>
        [.. (await store.ListAsync(StateKind.Nodes, "", cancellation))
            .Select(found => found.Read(NodeDocumentJson.Default.NodeDocument))
            .OrderBy(node => node.Name, StringComparer.Ordinal)];

    /// <summary>Removes a node, which nobody believes from now on.</summary>
    /// <exception cref="CommandException">There is none of this id, or a pool has units on it.</exception>
    public async Task RemoveAsync(Guid node, CancellationToken cancellation)
    {
        StateDocument found = await store.FindAsync(StateKind.Nodes, KeyOf(node), cancellation) ??
            throw Refuse("there is no such node");
        if (await store.ListAsync(StateKind.Units, KeyOf(node) + "/", cancellation) is { Count: > 0 } units)
        {
            throw Refuse($"{units.Count} units of pools are on it: replace or delete them first");
        }

        string name = NamePrefix + found.Read(NodeDocumentJson.Default.NodeDocument).Name;
        await store.CommitAsync(
            [
                new StateWrite(StateKind.Nodes, found.Key, found.Revision, null),
                new StateWrite(StateKind.Cluster, name, await RevisionOfAsync(StateKind.Cluster, name, cancellation), null),
            ], cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _authority?.Dispose();

    private ClusterAuthority Authority =>
        _authority ?? throw Refuse("there is no cluster yet: kadalu cluster create makes one");

    // One that comes again, such as after its disk was lost, has its name still.
    private async Task<StateWrite[]> FindPlaceAsync(JoinRequest request, CancellationToken cancellation)
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
        var node = new NodeDocument(request.Id, request.Name, time.GetUtcNow(), request.Version);
        return
        [
            StateWrite.Of(
                StateKind.Nodes, KeyOf(request.Id), await RevisionOfAsync(StateKind.Nodes, KeyOf(request.Id), cancellation), node,
                NodeDocumentJson.Default.NodeDocument),
            StateWrite.Of(
                StateKind.Cluster, name, await RevisionOfAsync(StateKind.Cluster, name, cancellation), request.Id,
                NodeDocumentJson.Default.Guid),
        ];
    }

    private async Task<long> RevisionOfAsync(StateKind kind, string key, CancellationToken cancellation) =>
        (await store.FindAsync(kind, key, cancellation))?.Revision ?? 0;

    private async Task<List<StateWrite>> ForgetExpiredAsync(CancellationToken cancellation) =>
        [.. (await store.ListAsync(StateKind.Tokens, "", cancellation))
            .Where(token => token.Read(NodeDocumentJson.Default.TokenDocument).Expires <= time.GetUtcNow())
            .Select(token => new StateWrite(StateKind.Tokens, token.Key, token.Revision, null))];

    private void Use(ClusterDocument cluster)
    {
        _authority?.Dispose();
        _authority = ClusterAuthority.Read(cluster.Certificate, cluster.Key, time);
        _cluster = cluster;
    }

    private string Sign(byte[] key, PeerIdentity identity)
    {
        try
        {
            return Authority.Sign(key, identity);
        }
        catch (IdentityException exception)
        {
            throw Refuse(exception.Message);
        }
    }

    private static string KeyOf(Guid node) => node.ToString();

    private static CommandException Refuse(string reason) => new(ExitCode.PeerRefused, reason);
}
