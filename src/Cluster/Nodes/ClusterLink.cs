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
            ClusterTls tls = Tls = new ClusterTls(own, ClusterTrust.Read(membership.Authority), time);
            ManagerPlace place = membership.Manager;
            Manager = new PeerClient(place.Host, place.Port, refused => tls.ForClient(place.Identity, refused));
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

    /// <summary>Asks the manager, by a connection that is kept. It belongs to this, and is left to the garbage collector with it.</summary>
    public PeerClient Manager { get; }

    /// <summary>A client of another node's agent; the caller owns it.</summary>
    /// <param name="name">Its name in pools.</param>
    /// <param name="node">Its id.</param>
    /// <param name="places">Where it is, and which certificates it may show.</param>
    public PeerClient CreateNodeClient(string name, Guid node, NodePlaces places)
    {
        ArgumentNullException.ThrowIfNull(places);
        (string host, int port) = places.Find(node, name);
        return new PeerClient(host, port, refused => Tls.ForClient(
            new PeerIdentity(node, ClusterRole.Node), refused, shown => places.FindProblem(node, shown)));
    }
}
