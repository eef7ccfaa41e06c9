namespace KadaluFsd.Cluster.Commands;

/// <summary>What commands can ask of a manager: on its socket, on its port as a node, or through a node's agent.</summary>
public static class ManagerPaths
{
    /// <summary>The agent's: what is behind it goes to the manager, as <c>/v1/…</c>.</summary>
    public const string ByAgent = "/v1/manager";

    /// <summary>The cluster.</summary>
    public const string Cluster = "/v1/cluster";

    /// <summary>On its socket alone: a copy of all that the manager knows, a database of SQLite. It has the cluster's key.</summary>
    public const string Backup = "/v1/backup";

    /// <summary>How the cluster is, by all of its nodes.</summary>
    public const string Doctor = "/v1/doctor";

    /// <summary>Join tokens.</summary>
    public const string Tokens = "/v1/tokens";

    /// <summary>Where the manager is: where nodes look for it.</summary>
    public const string Place = "/v1/cluster/place";

    /// <summary>Nodes; <c>/NAME</c> for one, <c>/NAME/name</c> to give it another name.</summary>
    public const string Nodes = "/v1/nodes";

    /// <summary>Pools; <c>/NAME</c> for one, <c>/NAME/status</c> for how it is, <c>/NAME/adopt</c> to take it over, <c>/NAME/connect</c>,
    /// <c>/NAME/volfile</c>, <c>/NAME/nfs</c> and <c>/NAME/smb</c> for its clients.</summary>
    public const string Pools = "/v1/pools";

    /// <summary>Heals: <c>/POOL</c> for how far they are, with <c>/crawls</c>, <c>/files</c>, <c>/checks</c>, <c>/copies</c>,
    /// <c>/pieces</c> and <c>/resolutions</c> behind it.</summary>
    public const string Heals = "/v1/heals";

    /// <summary>Tasks; <c>/NUMBER</c> for one, <c>/NUMBER/abandon</c> to wait no longer for nodes that do not answer.</summary>
    public const string Tasks = "/v1/tasks";

    /// <summary>What an order would do; takes what <see cref="Tasks"/> takes, and does nothing.</summary>
    public const string Plans = "/v1/plans";
}
