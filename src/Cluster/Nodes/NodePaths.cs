namespace KadaluFsd.Cluster.Nodes;

/// <summary>What can be asked of an agent by other nodes, and of a manager by nodes, over TLS.</summary>
public static class NodePaths
{
    /// <summary>
    /// Agent: has the node carry out a step; its lines are the answer, with an empty one every <see cref="StepPulse"/> meanwhile.
    /// </summary>
    public const string Steps = "/v1/steps";

    /// <summary>How often an agent says that it is there still.</summary>
    public static readonly TimeSpan StepPulse = TimeSpan.FromSeconds(2);

    /// <summary>Agent: which ports of the node are not free.</summary>
    public const string Ports = "/v1/ports";

    /// <summary>Agent: how the node's pools are; <c>/NAME</c> for one.</summary>
    public const string Status = "/v1/status";

    /// <summary>Agent and manager: a pool's definition, for nodes of it; <c>/ID</c> for one.</summary>
    public const string Definitions = "/v1/definitions";

    /// <summary>Agent: how the node is.</summary>
    public const string Checks = "/v1/checks";

    /// <summary>Agent, for every node: who asks has reached this node, and no other one.</summary>
    public const string Here = "/v1/here";

    /// <summary>Agent: where a name or an address leads from the node.</summary>
    public const string Reach = "/v1/reach";

    /// <summary>Manager: takes a report of a node.</summary>
    public const string Report = "/v1/report";

    /// <summary>Manager: a node forgets the cluster now, and may want to join again.</summary>
    public const string Leave = "/v1/leave";
}

/// <summary>Ports of a node.</summary>
/// <param name="InUse">TCP ports that are listened on, or that pools of the node have.</param>
/// <param name="EphemeralLow">The first port that the kernel gives to outgoing connections.</param>
/// <param name="EphemeralHigh">The last one.</param>
public sealed record PortReport(int[] InUse, int EphemeralLow, int EphemeralHigh);

/// <summary>Asks where a name or an address leads from a node: whether another node's agent, or the manager, is there.</summary>
/// <param name="Host">The name or address.</param>
/// <param name="Node">The node that is to be there, and where its agent is; null for the manager.</param>
public sealed record ReachQuestion(string Host, NodePlace? Node);

/// <summary>Where it leads.</summary>
/// <param name="Addresses">The addresses that the node finds for it; empty for none.</param>
/// <param name="Problem">Why it does not lead where it is to lead; null where it does.</param>
public sealed record ReachAnswer(string[] Addresses, string? Problem);
