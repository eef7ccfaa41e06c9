using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Messages about start and end of a process with a graph. Numbers below 3100.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class GraphLifeLog
{
    [LoggerMessage(
        3001, LogLevel.Information,
        "kadalu-fsd {Version} with GlusterFS {GlusterFs}: unit {Directory}, volfile {Volfile}, port {Port}")]
    internal static partial void Starting(
        ILogger logger, string version, string glusterFs, string directory, string volfile, int port);

    [LoggerMessage(3002, LogLevel.Warning, "volume {Volume} is left out of the graph: its translator {Type} is not installed")]
    internal static partial void TranslatorMissing(ILogger logger, string volume, string type);

    [LoggerMessage(3003, LogLevel.Information, "closed {Count} descriptors that the parent process had left open")]
    internal static partial void DescriptorsClosed(ILogger logger, int count);

    [LoggerMessage(3004, LogLevel.Warning, "wrote volume id {VolumeId} to {Directory}, which had none")]
    internal static partial void DirectoryInitialised(ILogger logger, Guid volumeId, string directory);

    [LoggerMessage(3006, LogLevel.Information, "stopping: no new connections; {Operations} operations in progress")]
    internal static partial void Stopping(ILogger logger, long operations);

    [LoggerMessage(3007, LogLevel.Warning, "stopping before all operations were answered: {Reason}")]
    internal static partial void StoppedEarly(ILogger logger, string reason);

    [LoggerMessage(3019, LogLevel.Information, "waited {Milliseconds} ms for a previous process to end")]
    internal static partial void WaitedForPredecessor(ILogger logger, long milliseconds);

    [LoggerMessage(3027, LogLevel.Critical, "the previous run, process {Process}, crashed: {CrashReport}")]
    internal static partial void Crashed(ILogger logger, int process, string crashReport);

    [LoggerMessage(
        3028, LogLevel.Warning,
        "the previous run, process {Process}, ended without a record: it was killed, or the machine went down")]
    internal static partial void EndedWithoutWord(ILogger logger, int process);

    [LoggerMessage(3029, LogLevel.Warning, "cannot record this run in {Path}: {Reason}")]
    internal static partial void HistoryNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(
        3034, LogLevel.Information,
        "kadalu-fsd {Version} with GlusterFS {GlusterFs}: self-heal daemon, volfile {Volfile}, {Units} units")]
    internal static partial void HealDaemonStarting(ILogger logger, string version, string glusterFs, string volfile, int units);

    [LoggerMessage(3035, LogLevel.Information, "ready: healing what is found on units of this node")]
    internal static partial void HealDaemonReady(ILogger logger);

    [LoggerMessage(
        3241, LogLevel.Warning,
        "cannot record which directory this unit serves: {Reason}. An empty disk in its place would not be noticed")]
    internal static partial void RecordNotKept(ILogger logger, string reason);
}
