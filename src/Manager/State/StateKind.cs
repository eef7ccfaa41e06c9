namespace KadaluFsd.Manager.State;

/// <summary>What a document of the state is about.</summary>
public enum StateKind
{
    /// <summary>The cluster itself: its id and authority, and which node has a name.</summary>
    Cluster,

    /// <summary>Nodes, by id.</summary>
    Nodes,

    /// <summary>Pools, by id, with their options.</summary>
    Pools,

    /// <summary>Units, by id of the node and path: no two pools have the same.</summary>
    Units,

    /// <summary>Ports that are given to units, by id of the node and number.</summary>
    Ports,

    /// <summary>Tasks, by generation.</summary>
    Tasks,

    /// <summary>Join tokens, by the digest of their secret.</summary>
    Tokens,
}
