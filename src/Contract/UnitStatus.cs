using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Contract;

/// <summary>How a unit is.</summary>
/// <param name="State"><c>ready</c>; <c>starting</c>, for a moment; <c>degraded</c> or <c>draining</c>, where clients are served
/// all the same; <c>failed</c> where they are not.</param>
/// <param name="Reasons">Why it is not ready; empty when it is.</param>
/// <param name="Directory">The unit's directory.</param>
/// <param name="VolumeId">Its volume's id.</param>
/// <param name="Volfile">Path of its volfile.</param>
/// <param name="Definition">The state of the pool's definition that the running volfile was made of; null where that does not
/// say.</param>
/// <param name="Port">The port for volfiles and I/O.</param>
/// <param name="PoolPort">The pool's port for volfiles; null for none.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Version">This program's version.</param>
/// <param name="GlusterFsVersion">The version of the translators.</param>
/// <param name="UptimeSeconds">For how long clients could be served.</param>
/// <param name="Starts">How often it was started since its history began, this time included.</param>
/// <param name="PreviousRun">The run before; null where none is known.</param>
/// <param name="Graph">Its translators, from the top.</param>
/// <param name="Clients">How many clients are connected to the graph.</param>
/// <param name="OperationsInProgress">File operations that have not been answered, ones that wait for a lock included.</param>
/// <param name="VolfileConnections">Connections on which volfiles are served.</param>
/// <param name="OutdatedClients">Mounts and heal daemons that fetched their volfile here, and hold an older one than is served
/// now.</param>
/// <param name="PendingHeals">Files and directories the heal daemon has still to look at, by kind.</param>
/// <param name="ResidentBytes">Memory of the process that is in RAM.</param>
/// <param name="LogLevel">The least serious level that is logged.</param>
/// <param name="HeldBackLogLines">Log lines that were not written because one place wrote too many.</param>
/// <param name="FileSystem">The unit's file system; null where it cannot be asked.</param>
/// <param name="PendingChanges">What of its volfile it has when it starts anew: options as <c>TYPE.OPTION</c>, or why its graph
/// must be built anew.</param>
/// <param name="Health">How its directory is.</param>
public sealed record UnitStatus(
    string State, string[] Reasons, string Directory, Guid VolumeId, string Volfile, PoolRevision? Definition, int Port,
    int? PoolPort, int ProcessId, string Version,
    string GlusterFsVersion, double UptimeSeconds, int Starts, ProcessRun? PreviousRun, GraphTranslator[] Graph, int Clients,
    long OperationsInProgress,
    int VolfileConnections, int OutdatedClients, IReadOnlyDictionary<string, long> PendingHeals, long ResidentBytes,
    string LogLevel, long HeldBackLogLines,
    FileSystemFigures? FileSystem, IReadOnlyList<string> PendingChanges, UnitHealth Health)
{
    /// <summary>The state of one that no client has been let in by yet.</summary>
    public const string Starting = "starting";
}
