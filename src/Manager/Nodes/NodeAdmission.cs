using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Nodes;

/// <summary>How nodes come into the cluster, and stay.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="numbers">Numbers of tasks.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="nodes">Those that there are.</param>
/// <param name="presence">Which of them are up.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeAdmission(
    IStateStore store, TaskNumbers numbers, ClusterIdentity cluster, NodeRegistry nodes, NodePresence presence,
    TimeProvider time)
{
    /// <summary>How far the clock of a node that joins may be from the manager's.</summary>
    public static readonly TimeSpan MaxClockOffset = TimeSpan.FromSeconds(30);

    private const int MaxAttempts = 20;
    private const string UnknownToken = "the token is not known: it was used, or is of another cluster";

    /// <summary>Makes a token with which one node can join.</summary>
    /// <param name="port">The manager's port.</param>
    /// <param name="lifetime">How long it can be used.</param>
    /// <param name="maker">The node whose root asks for it; null for the manager's own.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">There is no cluster.</exception>
    public async Task<JoinToken> CreateTokenAsync(int port, TimeSpan lifetime, Guid? maker, CancellationToken cancellation)
    {
        using ClusterTrust trust = cluster.Trust();
        var token = JoinToken.Create(cluster.Host, port, trust);
        List<StateWrite> writes = await ForgetExpiredAsync(cancellation);
        writes.Add(StateWrite.Of(
            StateKind.Tokens, token.DigestOfSecret(), 0, new TokenDocument(time.GetUtcNow() + lifetime, maker),
            NodeDocumentJson.Default.TokenDocument));
        await store.CommitAsync(writes, cancellation);
        return token;
    }

    /// <summary>Lets a node in.</summary>
    /// <param name="request">What it says.</param>
    /// <param name="asker">The node that it is already, as its certificate says; null where it has shown none that is good.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>Its certificate.</returns>
    /// <exception cref="CommandException">It cannot come in; says why. A token that was not good stays as it was.</exception>
    public async Task<JoinAnswer> JoinAsync(JoinRequest request, PeerIdentity? asker, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        string digest = new JoinToken("", 0, request.Secret, default).DigestOfSecret();
        StateDocument token = await store.FindAsync(StateKind.Tokens, digest, cancellation) ?? throw Refuse(UnknownToken);
        TokenDocument known = token.Read(NodeDocumentJson.Default.TokenDocument);
        await CheckAsync(known, cancellation);
        Check(request);
        if (known.Used is { } before)
        {
            return await IsAgainAsync(before, request, cancellation) ? Answer(before.Certificate) : throw Refuse(UnknownToken);
        }

        // Who has a token only could take the place of a node that is there, also of the manager's own: that one has left before,
        // or shows what it has of being in the cluster.
        if (presence.IsUp(request.Id) && asker?.Node != request.Id)
        {
            throw Refuse(
                $"the node {request.Id} is up: is this machine a copy of that one? (/var/lib/kadalu/node-id) If it has just " +
                "left, try again in a quarter of a minute");
        }

        string certificate = cluster.Sign(request.Key, new PeerIdentity(request.Id, ClusterRole.Node));
        IReadOnlyCollection<StateWrite> place = await nodes.FindPlaceAsync(request, certificate, cancellation);
        for (int attempt = 1; ; attempt++)
        {
            StateWrite? number = await numbers.RaiseAsync(request.Generation, cancellation);
            try
            {
                // Of two nodes with one token, id or name one comes in.
                StateWrite used = StateWrite.Of(
                    StateKind.Tokens, digest, token.Revision, known with { Used = new UsedToken(request.Id, certificate) },
                    NodeDocumentJson.Default.TokenDocument);
                await store.CommitAsync([used, .. place, .. number is null ? [] : new[] { number }], cancellation);
                break;
            }
            catch (StateConflictException conflict) when (number is not null && conflict.Write == number && attempt < MaxAttempts)
            {
                // A task has begun meanwhile.
            }
            catch (StateConflictException conflict)
            {
                throw Refuse(
                    conflict.Write.Kind == StateKind.Tokens ? "the token was used just now"
                    : "a node with this id or name has joined just now");
            }
        }

        return Answer(certificate);
    }

    /// <summary>Signs a new key of a node, before its certificate ends.</summary>
    /// <param name="node">Who asks, by its certificate.</param>
    /// <param name="shown">The certificate, which is good until another one was seen.</param>
    /// <param name="key">A certificate request, DER.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>The certificate, PEM.</returns>
    /// <exception cref="CommandException">It is not of the cluster any more.</exception>
    public async Task<string> RenewAsync(
        PeerIdentity node, X509Certificate2 shown, byte[] key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(node);
        string certificate = cluster.Sign(key, node);
        await nodes.GiveAsync(node.Node, certificate, shown, cancellation);
        return certificate;
    }

    private JoinAnswer Answer(string certificate)
    {
        using ClusterTrust trust = cluster.Trust();
        return new JoinAnswer(cluster.Id, certificate, trust.Export());
    }

    // The node itself, which has the key, and has got nothing else since.
    private async Task<bool> IsAgainAsync(UsedToken used, JoinRequest request, CancellationToken cancellation) =>
        used.Node == request.Id && await nodes.FindAsync(used.Node, cancellation) is { } node && node.Name == request.Name &&
        node.Certificates.Current == NodeCertificates.Of(used.Certificate).Current &&
        ClusterIdentity.IsOfKey(request.Key, used.Certificate);

    private async Task CheckAsync(TokenDocument token, CancellationToken cancellation)
    {
        if (token.Expires <= time.GetUtcNow())
        {
            throw Refuse($"the token could be used until {token.Expires:u}: kadalu node token makes another one");
        }

        if (token.Maker is { } maker && await nodes.FindAsync(maker, cancellation) is null)
        {
            throw Refuse("the node where the token was printed was removed from the cluster since");
        }
    }

    private void Check(JoinRequest request)
    {
        TimeSpan offset = request.Time - time.GetUtcNow();
        if (offset.Duration() > MaxClockOffset)
        {
            string where = offset > TimeSpan.Zero ? "ahead of" : "behind";
            throw Refuse(
                $"its clock is {offset.Duration().TotalSeconds:0} s {where} the manager's: set both by NTP (chrony)");
        }

        if (NodeClaims.FindProblem(request.Name, request.Port, request.Version) is { } problem)
        {
            throw Refuse(problem);
        }

        if (!TaskNumbers.IsOne(request.Generation))
        {
            throw Refuse($"{request.Generation} is no number of a task");
        }
    }

    private async Task<List<StateWrite>> ForgetExpiredAsync(CancellationToken cancellation) =>
        [.. (await store.ListAsync(StateKind.Tokens, "", cancellation))
            .Where(token => token.Read(NodeDocumentJson.Default.TokenDocument).Expires <= time.GetUtcNow())
            .Select(token => new StateWrite(StateKind.Tokens, token.Key, token.Revision, null))];

    private static CommandException Refuse(string reason) => new(ExitCode.PeerRefused, reason);
}
