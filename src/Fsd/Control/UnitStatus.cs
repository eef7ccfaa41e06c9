namespace KadaluFsd.Fsd.Control;

/// <summary>How a unit is.</summary>
/// <param name="State"><c>ready</c>, or <c>failed</c> when its graph cannot serve.</param>
/// <param name="Reasons">Why it is not ready; empty when it is.</param>
/// <param name="Directory">The unit's directory.</param>
/// <param name="VolumeId">Its volume's id.</param>
/// <param name="Volfile">Path of its volfile.</param>
/// <param name="Port">The port for volfiles and I/O.</param>
/// <param name="PoolPort">The pool's port for volfiles; null for none.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Version">This program's version.</param>
/// <param name="GlusterFsVersion">The version of the translators.</param>
/// <param name="UptimeSeconds">For how long clients could be served.</param>
/// <param name="OperationsInProgress">File operations that have not been answered, ones that wait for a lock included.</param>
/// <param name="VolfileConnections">Connections on which volfiles are served.</param>
/// <param name="ResidentBytes">Memory of the process that is in RAM.</param>
/// <param name="FileSystem">The unit's file system; null where it cannot be asked.</param>
internal sealed record UnitStatus(
    string State, string[] Reasons, string Directory, Guid VolumeId, string Volfile, int Port, int? PoolPort, int ProcessId, string Version,
    string GlusterFsVersion, double UptimeSeconds, long OperationsInProgress, int VolfileConnections, long ResidentBytes, FileSystemFigures? FileSystem);

/// <summary>A client that has fetched volfiles and is connected.</summary>
/// <param name="Address">Its address and port.</param>
/// <param name="ConnectedAt">Since when, UTC.</param>
/// <param name="Volfiles">What it holds.</param>
internal sealed record ConnectedClient(string Address, DateTime ConnectedAt, ClientVolfile[] Volfiles);

/// <summary>A volfile in a client's hands.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Sha256">What was sent to the client last.</param>
/// <param name="IsCurrent">Whether that is what is served now.</param>
internal sealed record ClientVolfile(string Key, string Sha256, bool IsCurrent);

/// <summary>A volfile that is served.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its content.</param>
/// <param name="Clients">How many connected clients hold this content.</param>
/// <param name="OutdatedClients">How many hold an earlier one.</param>
internal sealed record ServedVolfile(string Key, int Bytes, string Sha256, int Clients, int OutdatedClients);
