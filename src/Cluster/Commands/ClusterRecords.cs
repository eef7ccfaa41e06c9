using KadaluFsd.Cluster.Nodes;

namespace KadaluFsd.Cluster.Commands;

/// <summary>Makes a cluster.</summary>
/// <param name="Host">A name or an address of this node that all other nodes can reach; what it is called in pools.</param>
public sealed record ClusterOrder(string Host);

/// <summary>What is known of the cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">A name or an address of the manager.</param>
/// <param name="Port">Its port.</param>
/// <param name="Version">The version of the manager's program.</param>
/// <param name="Nodes">How many nodes there are.</param>
/// <param name="Pools">How many pools there are.</param>
/// <param name="OtherPools">Pools that nodes have, and that are not the cluster's.</param>
/// <param name="Problems">What is not well with what the manager knows; empty for nothing.</param>
public sealed record ClusterInfo(
    Guid Id, string Host, int Port, string Version, int Nodes, int Pools, OtherPool[] OtherPools, string[] Problems);

/// <summary>A copy of what the manager knows.</summary>
/// <param name="File">The file.</param>
/// <param name="Bytes">Its length.</param>
public sealed record BackupInfo(string File, long Bytes);

/// <summary>A state that was put back.</summary>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Host">A name or an address of its manager, by which nodes ask it.</param>
/// <param name="Task">The number of the latest task in it.</param>
/// <param name="Nodes">How many nodes there are in it.</param>
/// <param name="Pools">How many pools there are in it.</param>
/// <param name="Interrupted">Pools that were being changed when the copy was made.</param>
/// <param name="Before">Where the state is that was there before; null where there was none.</param>
public sealed record RestoredState(
    Guid Cluster, string Host, long Task, int Nodes, int Pools, string[] Interrupted, string? Before);

/// <summary>A cluster that was made because the state of an earlier one is lost.</summary>
/// <param name="Cluster">Its id.</param>
/// <param name="Before">Where the damaged state is now; null where there was none.</param>
/// <param name="Nodes">The other nodes of the earlier one that this node knows, each with a token.</param>
public sealed record RecoveredCluster(Guid Cluster, string? Before, RecoveredNode[] Nodes);

/// <summary>A node that has to join again.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Token">With which it can.</param>
public sealed record RecoveredNode(string Name, string Token);

/// <summary>A pool that nodes have, and that is not the cluster's.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Problem">Why it is not taken over.</param>
public sealed record OtherPool(string Name, string Problem);

/// <summary>Takes over a pool whose nodes have different definitions.</summary>
/// <param name="From">The node whose definition it is to have.</param>
public sealed record AdoptOrder(string From);

/// <summary>Asks for a join token.</summary>
/// <param name="Hours">How long it can be used.</param>
public sealed record TokenOrder(double Hours);

/// <summary>A join token.</summary>
/// <param name="Token">As a person pastes it.</param>
/// <param name="Expires">Until when it can be used.</param>
public sealed record TokenAnswer(string Token, DateTimeOffset Expires);

/// <summary>Has a node join a cluster.</summary>
/// <param name="Token">The token.</param>
/// <param name="Name">What the node is to be called in pools; null for what it is called now.</param>
/// <param name="IsAgain">Whether it leaves the cluster that it is in, once it is in the other one; or gets what it has lost of being in it.</param>
public sealed record JoinOrder(string Token, string? Name, bool IsAgain = false);

/// <summary>What a node says of being in a cluster.</summary>
/// <param name="Cluster">The cluster's id; null where it is in none.</param>
/// <param name="Node">The node's id.</param>
/// <param name="Name">What it is called in pools.</param>
/// <param name="Manager">Where its manager is, <c>HOST:PORT</c>; null where it is in no cluster.</param>
public sealed record MemberInfo(Guid? Cluster, Guid Node, string Name, string? Manager);

/// <summary>A node of the cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is called in pools.</param>
/// <param name="State"><c>up</c>, or <c>lost</c> where it was not heard of for a while.</param>
/// <param name="LastSeen">When it was last heard of; null for not since the manager started.</param>
/// <param name="Version">Its version of the program.</param>
/// <param name="ClockOffsetSeconds">How far its clock is ahead of the manager's; null where it is not known.</param>
/// <param name="Pools">Names of the pools with units on it.</param>
/// <param name="Address">Where its agent is; null for its name.</param>
/// <param name="Disks">The file systems of its units, as it said last.</param>
/// <param name="OtherNames">The pools that call it by another name still.</param>
/// <param name="Drained">The pools whose units on it were stopped by a drain.</param>
public sealed record NodeInfo(
    Guid Id, string Name, string State, DateTimeOffset? LastSeen, string Version, double? ClockOffsetSeconds, string[] Pools,
    string? Address, DiskReport[] Disks, NodeNameInPool[] OtherNames, string[] Drained);

/// <summary>What a pool calls a node.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Name">The node's name there.</param>
public sealed record NodeNameInPool(string Pool, string Name);

/// <summary>Says where a node's agent is.</summary>
/// <param name="Address">A name or an address; the node's name for nothing else.</param>
/// <param name="IsOfflineOk">Whether it is done also where nodes do not say whether it leads there.</param>
public sealed record NodeOrder(string Address, bool IsOfflineOk = false);

/// <summary>Gives a node another name in the cluster; its pools are told each by a task of its own.</summary>
/// <param name="Name">The name.</param>
/// <param name="IsTrial">Whether it is only checked.</param>
/// <param name="IsOfflineOk">Whether it is done also where nodes do not say whether the name leads there.</param>
public sealed record NodeNameOrder(string Name, bool IsTrial, bool IsOfflineOk = false);

/// <summary>Says where the manager is: to the manager itself, for all nodes, or to a node's agent, for this node alone.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="IsOfflineOk">Whether it is done also where nodes do not say whether it leads there; for all nodes only.</param>
public sealed record ManagerOrder(string Host, bool IsOfflineOk = false);
