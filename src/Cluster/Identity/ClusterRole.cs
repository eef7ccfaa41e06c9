namespace KadaluFsd.Cluster.Identity;

/// <summary>What the owner of a certificate may do.</summary>
public enum ClusterRole
{
    /// <summary>Asks the manager, on behalf of root on this node, and other nodes for definitions.</summary>
    Node,

    /// <summary>Has nodes carry out steps.</summary>
    Manager,
}
