namespace KadaluFsd.Contract;

/// <summary>How a self-heal daemon is.</summary>
/// <param name="State"><c>ready</c> where all units are connected, else <c>degraded</c>: what can be healed without the others is
/// healed.</param>
/// <param name="Reasons">Which units are not; empty when it is ready.</param>
/// <param name="Volfile">Path of its volfile.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Version">This program's version.</param>
/// <param name="GlusterFsVersion">The version of the translators.</param>
/// <param name="UptimeSeconds">For how long it has run.</param>
/// <param name="Starts">How often it was started since its history began, this time included.</param>
/// <param name="PreviousRun">The run before; null where none is known.</param>
/// <param name="Graph">Its translators, from the top.</param>
/// <param name="HealedUnits">The storage units that it is a client of.</param>
/// <param name="ResidentBytes">Memory of the process that is in RAM.</param>
/// <param name="LogLevel">The least serious level that is logged.</param>
/// <param name="HeldBackLogLines">Log lines that were not written because one place wrote too many.</param>
/// <param name="ToCompare">Directories that are still to be compared on all units: ones that were healed, or were being changed
/// when a unit ended.</param>
/// <param name="PendingChanges">What of its volfile it has when it starts anew: options as <c>TYPE.OPTION</c>, or why its graph
/// must be built anew.</param>
public sealed record HealDaemonStatus(
    string State, string[] Reasons, string Volfile, int ProcessId, string Version, string GlusterFsVersion, double UptimeSeconds,
    int Starts, ProcessRun? PreviousRun,
    GraphTranslator[] Graph, HealedUnitStatus[] HealedUnits, long ResidentBytes, string LogLevel, long HeldBackLogLines,
    int ToCompare, IReadOnlyList<string> PendingChanges);
