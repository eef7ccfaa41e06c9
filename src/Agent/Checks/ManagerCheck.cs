using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks that no manager runs on this node but that of its cluster.</summary>
internal static class ManagerCheck
{
    /// <summary>Checks it.</summary>
    /// <param name="member">The cluster that the node is in.</param>
    /// <param name="socket">Where a manager of this node is asked.</param>
    /// <param name="directory">Where it keeps what it knows.</param>
    internal static IEnumerable<NodeFinding> Check(Membership member, string socket, string directory) =>
        member.Manager.Node != member.Node && LocalSocketPath.For(socket).IsServed()
            ?
            [
                NodeFinding.Wrong(
                    CheckNames.Services,
                    "a manager runs here that is not the cluster's, which is at " +
                    $"{member.Manager.Address}: commands that are typed here ask the wrong one",
                    $"systemctl disable --now kadalu-manager, on this node, and move {directory} away"),
            ] : [];
}
