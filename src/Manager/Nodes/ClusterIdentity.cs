using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Nodes;

/// <summary>The cluster itself: its id, and the authority by which its nodes know each other.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="time">The clock.</param>
public sealed class ClusterIdentity(IStateStore store, TimeProvider time) : IDisposable
{
    private const string OnlyKey = "cluster";

    // What is remembered is what was written last.
    private readonly SemaphoreSlim _one = new(1, 1);
    private ClusterDocument? _cluster;
    private ClusterAuthority? _authority;

    /// <summary>Whether there is a cluster.</summary>
    public bool IsThere => _cluster is not null;

    /// <summary>The cluster's id.</summary>
    /// <exception cref="CommandException">There is no cluster.</exception>
    public Guid Id => Known.Id;

    /// <summary>A name or an address of the manager that all nodes can reach.</summary>
    /// <exception cref="CommandException">There is no cluster.</exception>
    public string Host => Known.Host;

    /// <summary>Reads what there is.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        if (await store.FindAsync(StateKind.Cluster, OnlyKey, cancellation) is { } found)
        {
            Use(found.Read(NodeDocumentJson.Default.ClusterDocument));
        }
    }

    /// <summary>Makes the cluster. One that no node has joined yet is replaced: it was made with a wrong host, for example.</summary>
    /// <param name="host">A name or an address of the manager that all nodes can reach.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="CommandException">There is one already, and nodes in it.</exception>
    public async Task<Guid> CreateAsync(string host, CancellationToken cancellation)
    {
        if (!PoolRules.IsHost(host))
        {
            throw new CommandException(ExitCode.Usage, $"\"{host}\" is no name of a node");
        }

        await _one.WaitAsync(cancellation);
        try
        {
            return await MakeAsync(host, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Says from now on that the manager is somewhere else: in join tokens, and to nodes when they report.</summary>
    /// <param name="host">A name or an address of the manager that all nodes can reach.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">There is no cluster, or another command has changed it meanwhile.</exception>
    internal async Task MoveAsync(string host, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            StateDocument found = await store.FindAsync(StateKind.Cluster, OnlyKey, cancellation) ?? throw NoCluster();
            ClusterDocument moved = found.Read(NodeDocumentJson.Default.ClusterDocument) with { Host = host };
            await store.CommitAsync(
                [StateWrite.Of(StateKind.Cluster, OnlyKey, found.Revision, moved, NodeDocumentJson.Default.ClusterDocument)],
                cancellation);
            _cluster = moved;
        }
        catch (StateConflictException)
        {
            throw new CommandException(ExitCode.PoolRefused, "another command was faster: nothing was changed, try again");
        }
        finally
        {
            _one.Release();
        }
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

    /// <summary>Signs a key.</summary>
    /// <param name="key">A certificate request, DER.</param>
    /// <param name="identity">Whose it is.</param>
    /// <returns>The certificate, PEM.</returns>
    /// <exception cref="CommandException">There is no cluster, or the request is none.</exception>
    internal string Sign(byte[] key, PeerIdentity identity)
    {
        try
        {
            return Authority.Sign(key, identity);
        }
        catch (IdentityException exception)
        {
            throw new CommandException(ExitCode.PeerRefused, exception.Message);
        }
    }

    /// <summary>Whether a request has the key of a certificate.</summary>
    /// <param name="key">A certificate request, DER.</param>
    /// <param name="certificate">The certificate, PEM.</param>
    /// <exception cref="CommandException">The request is none.</exception>
    internal static bool IsOfKey(byte[] key, string certificate)
    {
        try
        {
            return ClusterAuthority.IsOfKey(key, certificate);
        }
        catch (IdentityException exception)
        {
            throw new CommandException(ExitCode.PeerRefused, exception.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _authority?.Dispose();
        _one.Dispose();
    }

    private async Task<Guid> MakeAsync(string host, CancellationToken cancellation)
    {
        StateDocument? empty = await store.FindAsync(StateKind.Cluster, OnlyKey, cancellation);
        if (empty is not null && (await store.ListAsync(StateKind.Nodes, "", cancellation)).Count > 0)
        {
            throw new CommandException(ExitCode.PoolRefused, "there is a cluster already");
        }

        // They name the earlier one. A node that joins by one of them now makes this fail.
        IReadOnlyList<StateDocument> tokens = await store.ListAsync(StateKind.Tokens, "", cancellation);
        var id = Guid.NewGuid();
        using var authority = ClusterAuthority.Create(id, time);
        var cluster = new ClusterDocument(id, host, authority.ExportCertificate(), authority.ExportKey());
        try
        {
            await store.CommitAsync(
                [
                    StateWrite.Of(
                        StateKind.Cluster, OnlyKey, empty?.Revision ?? 0, cluster, NodeDocumentJson.Default.ClusterDocument),
                    .. tokens.Select(token => new StateWrite(StateKind.Tokens, token.Key, token.Revision, null)),
                ],
                cancellation);
        }
        catch (StateConflictException)
        {
            throw new CommandException(ExitCode.PoolRefused, "a cluster was made just now, or a node has joined it");
        }

        Use(cluster);
        return id;
    }

    private ClusterDocument Known => _cluster ?? throw NoCluster();

    private ClusterAuthority Authority => _authority ?? throw NoCluster();

    private void Use(ClusterDocument cluster)
    {
        _authority?.Dispose();
        _authority = ClusterAuthority.Read(cluster.Certificate, cluster.Key, time);
        _cluster = cluster;
    }

    private static CommandException NoCluster() =>
        new(
            ExitCode.PeerRefused,
            "there is no cluster yet: kadalu cluster create makes one. If this manager has had one, its state is lost: kadalu " +
            "cluster restore FILE, or kadalu cluster recover");
}
