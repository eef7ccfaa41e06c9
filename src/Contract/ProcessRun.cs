namespace KadaluFsd.Contract;

/// <summary>One run of a unit or a self-heal daemon.</summary>
/// <param name="Starts">Which one it is, from 1, since the record was begun; where systemd's units have it, since the machine
/// started.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="StartedAt">When, UTC.</param>
/// <param name="EndedAt">When it ended in good order, UTC; null while it runs, and for ever where it crashed or was
/// killed.</param>
/// <param name="ExitCode">How; null likewise.</param>
/// <param name="LastWords">Of a crash: signal, version, native backtrace. Null where there was none.</param>
public sealed record ProcessRun(
    int Starts, int ProcessId, DateTime StartedAt, DateTime? EndedAt, int? ExitCode, string? LastWords);
