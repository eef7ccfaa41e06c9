using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;

namespace KadaluFsd.Manager.Nodes;

/// <summary>
/// The node that the manager runs on. When that has joined another cluster, such as one that was made while this manager was taken for lost, the
/// manager has nothing to say any more, and commands that are typed there find it first.
/// </summary>
/// <param name="cluster">The manager's cluster.</param>
/// <param name="nodes">Its nodes.</param>
/// <param name="files">Where the node keeps which cluster it is in.</param>
internal sealed class OwnNode(ClusterIdentity cluster, NodeRegistry nodes, NodeFiles files)
{
    /// <summary>Finds out whether it has gone to another cluster.</summary>
    /// <returns>Null where it has not, or was never in the manager's, as while that is being made.</returns>
    internal async Task<CommandException?> FindProblemAsync(CancellationToken cancellation)
    {
        if (!cluster.IsThere || FindMembership() is not { } now || now.Cluster == cluster.Id ||
            await nodes.FindAsync(now.Node, cancellation) is null)
        {
            return null;
        }

        return new CommandException(
            ExitCode.PeerRefused,
            $"the manager that runs here is of the cluster {cluster.Id}, which this node has left: it is in the cluster " +
            $"{now.Cluster}, whose manager is at {now.Manager.Address}. Stop the old one " +
            $"(systemctl disable --now kadalu-manager), and move {files.ManagerDirectory} away");
    }

    // The agent says what is the matter with one that cannot be read.
    private Membership? FindMembership()
    {
        try
        {
            return Membership.Find(files.Membership);
        }
        catch (CommandException)
        {
            return null;
        }
    }
}
