namespace KadaluFsd.Contract;

/// <summary>What has come of one kind of file operation that clients asked for.</summary>
/// <param name="Kind">GlusterFS's name, such as <c>WRITE</c>.</param>
/// <param name="Calls">How many were asked for since the graph started.</param>
/// <param name="Failures">How many of them failed.</param>
/// <param name="Timed">How many have ended, and were timed.</param>
/// <param name="Seconds">How long these took in all.</param>
/// <param name="SlowestSeconds">How long the slowest of them took.</param>
public sealed record OperationCount(string Kind, long Calls, long Failures, long Timed, double Seconds, double SlowestSeconds);

/// <summary>A file operation in progress.</summary>
/// <param name="Id">Tells it from others in progress.</param>
/// <param name="Kind">GlusterFS's name, such as <c>WRITE</c>.</param>
/// <param name="Seconds">Since it came.</param>
/// <param name="Translator">The one it has got to; null when that is not known.</param>
/// <param name="Client">GlusterFS's id of the client.</param>
/// <param name="User">On whose behalf, at the client.</param>
/// <param name="Process">The process there.</param>
public sealed record OperationInProgress(
    long Id, string Kind, double Seconds, string? Translator, string Client, int User, int Process);

/// <summary>A file operation that takes, or took, long.</summary>
/// <param name="SeenAt">When it was seen in progress last, UTC.</param>
/// <param name="Operation">How it was then.</param>
public sealed record SlowOperation(DateTime SeenAt, OperationInProgress Operation);

/// <summary>The file operations that clients ask for.</summary>
/// <param name="Kinds">What has come of each kind since the graph started.</param>
/// <param name="InProgress">Those that have not been answered; the newest first.</param>
/// <param name="Slowest">Those that took a second and more within the last hour; the slowest first.</param>
public sealed record OperationReport(OperationCount[] Kinds, OperationInProgress[] InProgress, SlowOperation[] Slowest);
