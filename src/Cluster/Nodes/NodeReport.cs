namespace KadaluFsd.Cluster.Nodes;

/// <summary>What a node says of itself to the manager, again and again.</summary>
/// <param name="Session">Of the agent's process: another one after each start.</param>
/// <param name="Name">What the node is called in pools.</param>
/// <param name="Port">Where its agent serves the manager and other nodes.</param>
/// <param name="Version">Its version of this program.</param>
/// <param name="Time">What its clock says.</param>
/// <param name="Pools">The pools that it knows.</param>
/// <param name="Generation">The highest number of a task that it has seen, of any pool, also of one that is gone.</param>
/// <param name="Disks">The file systems of its units; null where it does not say.</param>
public sealed record NodeReport(
    Guid Session, string Name, int Port, string Version, DateTimeOffset Time, PoolReport[] Pools, long Generation = 0,
    DiskReport[]? Disks = null);

/// <summary>A file system with units of a node.</summary>
/// <param name="Path">The path of a unit in it.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="AvailableBytes">What is available of it.</param>
public sealed record DiskReport(string Path, long SizeBytes, long AvailableBytes);

/// <summary>A pool as a node knows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">How far it has come there: <c>creating</c>, <c>stopped</c>, <c>started</c>, <c>deleting</c>.</param>
/// <param name="Revision">The revision of its definition.</param>
/// <param name="Digest">The digest of its definition.</param>
/// <param name="IsChanging">Whether a change is not finished there.</param>
/// <param name="Generation">The number of the latest task of the pool that it has seen; 0 for none.</param>
/// <param name="IsDrained">Whether its units there were stopped by a drain, though it is started; null where that is not said.</param>
public sealed record PoolReport(
    Guid Id, string Name, string State, int Revision, string Digest, bool IsChanging, long Generation = 0,
    bool? IsDrained = null);

/// <summary>What the manager answers.</summary>
/// <param name="Pause">Seconds until the next report is wanted.</param>
/// <param name="Nodes">Where the agents of all nodes are, and what they are called; null where that is not said.</param>
/// <param name="Manager">A name or an address of the manager; null where that is not said.</param>
public sealed record ReportAnswer(double Pause, NodePlace[]? Nodes = null, string? Manager = null);
