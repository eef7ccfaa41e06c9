namespace KadaluFsd.Contract;

/// <summary>One run of a unit or a self-heal daemon.</summary>
/// <param name="Starts">Its number, from 1, since the record began; under systemd, since the machine booted.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="StartedAt">When, UTC.</param>
/// <param name="EndedAt">When it ended normally, UTC; null while it runs, and if it crashed or was killed.</param>
/// <param name="ExitCode">Its exit code; null likewise.</param>
/// <param name="CrashReport">The report of a crash: signal, version, native backtrace. Null where there was none.</param>
public sealed record ProcessRun(
    int Starts, int ProcessId, DateTime StartedAt, DateTime? EndedAt, int? ExitCode, string? CrashReport);
