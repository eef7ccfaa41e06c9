namespace KadaluFsd.Contract;

/// <summary>The state of a self-heal daemon.</summary>
/// <param name="State"><c>ready</c> if all units are connected, otherwise <c>degraded</c>: what can be healed without the missing
/// ones is healed.</param>
/// <param name="Reasons">The units that are not connected; empty when it is ready.</param>
/// <param name="Volfile">Path of its volfile.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Version">This program's version.</param>
/// <param name="GlusterFsVersion">The version of the translators.</param>
/// <param name="UptimeSeconds">Seconds since it was ready.</param>
/// <param name="Starts">How often it was started since its record began, this time included.</param>
/// <param name="PreviousRun">The previous run; null where none is known.</param>
/// <param name="Graph">Its translators, from the top.</param>
/// <param name="HealedUnits">The storage units that it is a client of.</param>
/// <param name="ResidentBytes">Resident memory of the process.</param>
/// <param name="LogLevel">The least serious level that is logged.</param>
/// <param name="SuppressedLogLines">Log lines that were suppressed because one call site wrote too many.</param>
/// <param name="ToCompare">Directories that have to be compared on all units: they were healed, or were being changed when a unit
/// ended.</param>
/// <param name="PendingChanges">Changes of its volfile that wait for a restart: options as <c>TYPE.OPTION</c>, or why its graph
/// must be rebuilt.</param>
public sealed record HealDaemonStatus(
    string State, string[] Reasons, string Volfile, int ProcessId, string Version, string GlusterFsVersion, double UptimeSeconds,
    int Starts, ProcessRun? PreviousRun,
    GraphTranslator[] Graph, HealedUnitStatus[] HealedUnits, long ResidentBytes, string LogLevel, long SuppressedLogLines,
    int ToCompare, IReadOnlyList<string> PendingChanges);
