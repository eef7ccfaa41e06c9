using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;

namespace KadaluFsd.Agent.Nodes;

/// <summary>Has a node look for its manager somewhere else.</summary>
internal static class ManagerMove
{
    // Less than after which a node that does not report counts as lost.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Does so from now on, if the manager answers there: who it is its certificate says.</summary>
    /// <param name="member">The node.</param>
    /// <param name="before">What it keeps of being in a cluster.</param>
    /// <param name="host">A name or an address of the manager.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What it keeps now; null where it has joined or left a cluster meanwhile.</returns>
    /// <exception cref="CommandException">The manager does not answer there, or it cannot be noted.</exception>
    internal static async Task<Membership?> MakeAsync(
        ClusterMember member, Membership before, string host, TimeProvider time, CancellationToken cancellation)
    {
        Membership moved = before with { Manager = before.Manager with { Host = host } };
        using PeerClient manager = new ClusterLink(moved, time).Manager;
        await manager.AskAsync(HttpMethod.Get, ManagerPaths.Cluster, null, s_patience, cancellation);
        return await member.ChangeAsync(before, moved, cancellation);
    }
}
