namespace KadaluFsd.Contract;

/// <summary>Counts and times of one kind of file operation.</summary>
/// <param name="Kind">GlusterFS's name, such as <c>WRITE</c>.</param>
/// <param name="Calls">Calls since the graph started.</param>
/// <param name="Failures">How many of them failed.</param>
/// <param name="Timed">How many have ended and were timed.</param>
/// <param name="Seconds">Their total duration.</param>
/// <param name="SlowestSeconds">The duration of the slowest.</param>
public sealed record OperationCount(string Kind, long Calls, long Failures, long Timed, double Seconds, double SlowestSeconds);

/// <summary>A file operation in progress.</summary>
/// <param name="Id">Identifies it among those in progress.</param>
/// <param name="Kind">GlusterFS's name, such as <c>WRITE</c>.</param>
/// <param name="Seconds">Seconds since it arrived.</param>
/// <param name="Translator">The translator that has it; null when that is not known.</param>
/// <param name="Client">GlusterFS's id of the client.</param>
/// <param name="User">The user id at the client.</param>
/// <param name="Process">The process id at the client.</param>
public sealed record OperationInProgress(
    long Id, string Kind, double Seconds, string? Translator, string Client, int User, int Process);

/// <summary>A slow file operation.</summary>
/// <param name="SeenAt">When it was last seen in progress, UTC.</param>
/// <param name="Operation">Its state then.</param>
public sealed record SlowOperation(DateTime SeenAt, OperationInProgress Operation);

/// <summary>File operations of a unit.</summary>
/// <param name="Kinds">Counts and times of each kind since the graph started.</param>
/// <param name="InProgress">Those that have not been answered; the newest first.</param>
/// <param name="Slowest">Those that took a second and more within the last hour; the slowest first.</param>
public sealed record OperationReport(OperationCount[] Kinds, OperationInProgress[] InProgress, SlowOperation[] Slowest);
