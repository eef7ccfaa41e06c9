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
