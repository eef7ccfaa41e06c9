using System.Text.Json;

namespace KadaluFsd.Cluster.Commands;

/// <summary>A pool in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its kind, such as <c>Distributed Mirror</c>.</param>
/// <param name="State"><c>creating</c>, <c>stopped</c>, <c>started</c> or <c>deleting</c>.</param>
/// <param name="Task">The task that it is changed by; null for none.</param>
/// <param name="Nodes">Names of the nodes of its units.</param>
/// <param name="Behind">Names of those that have to be told something still.</param>
/// <param name="Problem">Why nothing is done with it; null for nothing.</param>
public sealed record PoolSummary(
    Guid Id, string Name, string Type, string State, long? Task, string[] Nodes, string[] Behind, string? Problem);

/// <summary>A pool as the manager knows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its kind, such as <c>Distributed Mirror</c>.</param>
/// <param name="State"><c>creating</c>, <c>stopped</c>, <c>started</c> or <c>deleting</c>.</param>
/// <param name="Definition">Its definition.</param>
/// <param name="Digest">The digest of that.</param>
/// <param name="Task">The task that it is changed by; null for none.</param>
/// <param name="Nodes">The nodes of its units, and what each has of it.</param>
/// <param name="Problem">Why nothing is done with it; null where there is no reason.</param>
public sealed record PoolInfo(
    Guid Id, string Name, string Type, string State, JsonElement Definition, string Digest, long? Task, PoolNodeInfo[] Nodes,
    string? Problem);

/// <summary>What a node has of a pool.</summary>
/// <param name="Name">The node.</param>
/// <param name="State">How far the pool has come there; null where it is not known.</param>
/// <param name="Revision">The revision of the definition there; null where it is not known.</param>
/// <param name="IsBehind">Whether it has to be told something still.</param>
/// <param name="IsDrained">Whether its units were stopped by a drain of the node.</param>
public sealed record PoolNodeInfo(string Name, string? State, int? Revision, bool IsBehind, bool IsDrained);

/// <summary>How a pool is on each of its nodes.</summary>
/// <param name="Pool">What is known of it.</param>
/// <param name="Nodes">What each node says.</param>
public sealed record PoolStatusAnswer(PoolInfo Pool, NodeStatus[] Nodes);

/// <summary>What a node says of a pool.</summary>
/// <param name="Node">The node.</param>
/// <param name="Status">Its status there, as JSON; null where it could not be had.</param>
/// <param name="Problem">Why not.</param>
public sealed record NodeStatus(string Node, JsonElement? Status, string? Problem);
