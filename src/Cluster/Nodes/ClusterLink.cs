using System.Security.Cryptography.X509Certificates;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;

namespace KadaluFsd.Cluster.Nodes;

/// <summary>What a node can say to others of its cluster, by what it keeps of being in it.</summary>
public sealed class ClusterLink
{
    // A third of a certificate's time is left for a manager that is away.
    private const double RenewAfter = 2.0 / 3;

    /// <param name="membership">What the node keeps.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CommandException">It is damaged.</exception>
    public ClusterLink(Membership membership, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(membership);
        Membership = membership;
        try
        {
            // In use by connections as long as there are any: left to the garbage collector.
            X509Certificate2 own = NodeKey.Join(membership.Certificate, membership.Key);
            Tls = new ClusterTls(own, ClusterTrust.Read(membership.Authority), time);
            EndsAt = own.NotAfter.ToUniversalTime();
            RenewAt = (own.NotBefore + ((own.NotAfter - own.NotBefore) * RenewAfter)).ToUniversalTime();
        }
        catch (IdentityException exception)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"what this node keeps of its cluster is damaged: {exception.Message}");
        }
    }

    /// <summary>What the node keeps.</summary>
    public Membership Membership { get; }

    /// <summary>What it shows to, and asks of, others.</summary>
    public ClusterTls Tls { get; }

    /// <summary>When it wants another certificate.</summary>
    public DateTimeOffset RenewAt { get; }

    /// <summary>When the one that it has ends.</summary>
    public DateTimeOffset EndsAt { get; }

    /// <summary>A client of the manager; the caller owns it.</summary>
    public PeerClient CreateManagerClient() => new(
        Membership.Manager.Host, Membership.Manager.Port, refused => Tls.ForClient(Membership.Manager.Identity, refused));

    /// <summary>A client of another node's agent; the caller owns it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="node">Its id.</param>
    /// <param name="port">Its agent's port.</param>
    public PeerClient CreateNodeClient(string name, Guid node, int port) =>
        new(name, port, refused => Tls.ForClient(new PeerIdentity(node, ClusterRole.Node), refused));
}
