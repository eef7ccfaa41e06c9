using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Contract;

/// <summary>The state of a unit.</summary>
/// <param name="State"><c>ready</c>; <c>starting</c>; <c>degraded</c> or <c>draining</c>, while clients are served;
/// <c>failed</c>, when they are not.</param>
/// <param name="Reasons">Why it is not ready; empty when it is.</param>
/// <param name="Directory">The unit's directory.</param>
/// <param name="VolumeId">Its volume's id; null for a tie-breaker without one.</param>
/// <param name="Volfile">Path of its volfile.</param>
/// <param name="Definition">The revision of the pool's definition that the running volfile was made of; null where the volfile
/// does not say.</param>
/// <param name="Port">The port for volfiles and I/O.</param>
/// <param name="PoolPort">The pool's port for volfiles; null for none.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Version">This program's version.</param>
/// <param name="GlusterFsVersion">The version of the translators.</param>
/// <param name="UptimeSeconds">Seconds since clients can be served.</param>
/// <param name="Starts">How often it was started since its record began, this time included.</param>
/// <param name="PreviousRun">The previous run; null where none is known.</param>
/// <param name="Graph">Its translators, from the top.</param>
/// <param name="Clients">How many clients are connected to the graph.</param>
/// <param name="OperationsInProgress">File operations that have not been answered, ones that wait for a lock included.</param>
/// <param name="VolfileConnections">Connections on which volfiles are served.</param>
/// <param name="OutdatedClients">Mounts and heal daemons that fetched their volfile here, and hold an older one than is served
/// now.</param>
/// <param name="PendingHeals">Files and directories that have to be healed, by kind.</param>
/// <param name="ResidentBytes">Resident memory of the process.</param>
/// <param name="LogLevel">The least serious level that is logged.</param>
/// <param name="SuppressedLogLines">Log lines that were suppressed because one call site wrote too many.</param>
/// <param name="FileSystem">The unit's file system; null where it cannot be asked.</param>
/// <param name="PendingChanges">Changes of its volfile that wait for a restart: options as <c>TYPE.OPTION</c>, or why its graph
/// must be rebuilt.</param>
/// <param name="Health">How its directory is.</param>
public sealed record UnitStatus(
    string State, string[] Reasons, string Directory, Guid? VolumeId, string Volfile, PoolRevision? Definition, int Port,
    int? PoolPort, int ProcessId, string Version,
    string GlusterFsVersion, double UptimeSeconds, int Starts, ProcessRun? PreviousRun, GraphTranslator[] Graph, int Clients,
    long OperationsInProgress,
    int VolfileConnections, int OutdatedClients, IReadOnlyDictionary<string, long> PendingHeals, long ResidentBytes,
    string LogLevel, long SuppressedLogLines,
    FileSystemFigures? FileSystem, IReadOnlyList<string> PendingChanges, UnitHealth Health)
{
    /// <summary>The state before the graph has been proven to accept clients.</summary>
    public const string Starting = "starting";
}
