using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Logging;

/// <summary>
/// What the program says. The numbers appear as MSGID and never change their meaning: 3000 the unit's life, 3100 the router,
/// 3200 volfiles.
/// </summary>
internal static partial class FsdLog
{
    [LoggerMessage(3001, LogLevel.Information, "kadalu-fsd {Version} with GlusterFS {GlusterFs}: unit {Directory}, volfile {Volfile}, port {Port}")]
    internal static partial void Starting(ILogger logger, string version, string glusterFs, string directory, string volfile, int port);

    [LoggerMessage(3002, LogLevel.Warning, "volume {Volume} is left out of the graph: its translator {Type} is not installed")]
    internal static partial void TranslatorMissing(ILogger logger, string volume, string type);

    [LoggerMessage(3003, LogLevel.Information, "closed {Count} descriptors that the parent process had left open")]
    internal static partial void DescriptorsClosed(ILogger logger, int count);

    [LoggerMessage(3004, LogLevel.Warning, "wrote volume id {VolumeId} onto {Directory}, which had none")]
    internal static partial void DirectoryInitialised(ILogger logger, Guid volumeId, string directory);

    [LoggerMessage(3005, LogLevel.Information, "ready: serving on port {Port}")]
    internal static partial void Ready(ILogger logger, int port);

    [LoggerMessage(3006, LogLevel.Information, "stopping: no new connections; {Operations} operations in progress")]
    internal static partial void Stopping(ILogger logger, long operations);

    [LoggerMessage(3007, LogLevel.Warning, "stopping without the rest: {Reason}")]
    internal static partial void StoppedEarly(ILogger logger, string reason);

    [LoggerMessage(3008, LogLevel.Information, "stopped")]
    internal static partial void Stopped(ILogger logger);

    [LoggerMessage(3009, LogLevel.Information, "the graph is up: {Volume}")]
    internal static partial void ChildUp(ILogger logger, string volume);

    [LoggerMessage(3010, LogLevel.Error, "the graph is down: {Volume} cannot serve")]
    internal static partial void ChildDown(ILogger logger, string volume);

    [LoggerMessage(3011, LogLevel.Warning, "{Count} events of the graph were lost")]
    internal static partial void EventsLost(ILogger logger, string count);

    [LoggerMessage(3012, LogLevel.Warning, "the service manager cannot be told: {Reason}")]
    internal static partial void NotifyFailed(ILogger logger, string reason);

    [LoggerMessage(3013, LogLevel.Information, "signal {Signal} is ignored")]
    internal static partial void SignalIgnored(ILogger logger, string signal);

    [LoggerMessage(3014, LogLevel.Information, "kadalu-fsd {Version} gateway: volfiles in {Directory}, listening on {Address}")]
    internal static partial void GatewayStarting(ILogger logger, string version, string directory, string address);

    [LoggerMessage(3015, LogLevel.Information, "told to read everything again")]
    internal static partial void Reloading(ILogger logger);

    [LoggerMessage(3016, LogLevel.Information, "the graph has the options of {Volfile} now")]
    internal static partial void Reconfigured(ILogger logger, string volfile);

    [LoggerMessage(3017, LogLevel.Warning, "{Volfile} has other translators than the running graph, or in another order, or other connections: nothing was changed, a restart is needed")]
    internal static partial void NewGraphNeeded(ILogger logger, string volfile);

    [LoggerMessage(3018, LogLevel.Error, "{Volfile} is not used: {Reason}; the graph stays as it was")]
    internal static partial void ReloadRefused(ILogger logger, string volfile, string reason);

    [LoggerMessage(3019, LogLevel.Information, "waited {Milliseconds} ms for an earlier process to end")]
    internal static partial void WaitedForPredecessor(ILogger logger, long milliseconds);

    [LoggerMessage(3020, LogLevel.Information, "wrote a statedump")]
    internal static partial void StatedumpWritten(ILogger logger);

    [LoggerMessage(3021, LogLevel.Critical, "{What} does not move for {Seconds} s: the service manager is not told that this process is alive")]
    internal static partial void Hanging(ILogger logger, string what, double seconds);

    [LoggerMessage(3101, LogLevel.Warning, "cannot accept connections: out of descriptors or memory; next try in {Milliseconds} ms")]
    internal static partial void AcceptPaused(ILogger logger, int milliseconds);

    [LoggerMessage(3102, LogLevel.Information, "closed {Count} connections that sent no call within {Seconds} s or were too many")]
    internal static partial void UndecidedClosed(ILogger logger, long count, double seconds);

    [LoggerMessage(3103, LogLevel.Information, "closed {Count} connections whose first bytes are neither RPC nor TLS")]
    internal static partial void GarbageClosed(ILogger logger, long count);

    [LoggerMessage(3023, LogLevel.Information, "the log level is {Level} now")]
    internal static partial void LogLevelChanged(ILogger logger, string level);

    [LoggerMessage(3024, LogLevel.Information, "volume {Volume}: option {Option} is set to {Value} until the process ends")]
    internal static partial void OptionSet(ILogger logger, string volume, string option, string value);

    [LoggerMessage(3025, LogLevel.Information, "volume {Volume}: option {Option} is what the volfile says again")]
    internal static partial void OptionUnset(ILogger logger, string volume, string option);

    [LoggerMessage(3026, LogLevel.Warning, "draining: no new connections; stopping when the last of {Clients} clients has gone, or in {Seconds} s")]
    internal static partial void Draining(ILogger logger, int clients, double seconds);

    [LoggerMessage(3027, LogLevel.Critical, "the run before this one, process {Process}, crashed: {LastWords}")]
    internal static partial void Crashed(ILogger logger, int process, string lastWords);

    [LoggerMessage(3028, LogLevel.Warning, "the run before this one, process {Process}, ended without a word: it was killed, or the machine went down")]
    internal static partial void EndedWithoutWord(ILogger logger, int process);

    [LoggerMessage(3029, LogLevel.Warning, "how this run ends cannot be noted in {Path}: {Reason}")]
    internal static partial void HistoryNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(3030, LogLevel.Critical, "the unit's directory has failed: {Reason}")]
    internal static partial void HealthFailed(ILogger logger, string reason);

    [LoggerMessage(3031, LogLevel.Warning, "the unit's directory needs attention: {Reason}")]
    internal static partial void HealthDegraded(ILogger logger, string reason);

    [LoggerMessage(3032, LogLevel.Information, "the unit's directory is well again")]
    internal static partial void HealthBack(ILogger logger);

    [LoggerMessage(3033, LogLevel.Information, "volfile \"{Key}\" was put: {Bytes} bytes, sha256 {Hash}")]
    internal static partial void VolfilePut(ILogger logger, string key, int bytes, string hash);

    [LoggerMessage(3034, LogLevel.Information, "kadalu-fsd {Version} with GlusterFS {GlusterFs}: self-heal daemon, volfile {Volfile}, {Units} units")]
    internal static partial void HealDaemonStarting(ILogger logger, string version, string glusterFs, string volfile, int units);

    [LoggerMessage(3035, LogLevel.Information, "ready: healing what is found on units of this node")]
    internal static partial void HealDaemonReady(ILogger logger);

    [LoggerMessage(3036, LogLevel.Information, "storage unit {Volume} is connected")]
    internal static partial void UnitConnected(ILogger logger, string volume);

    [LoggerMessage(3037, LogLevel.Warning, "storage unit {Volume} is not connected")]
    internal static partial void UnitDisconnected(ILogger logger, string volume);

    [LoggerMessage(3038, LogLevel.Information, "told to look for what needs healing ({Kind}): {Units} units are searched")]
    internal static partial void HealOrdered(ILogger logger, string kind, int units);

    [LoggerMessage(3104, LogLevel.Warning, "{Count} connections could not be given to the graph; the last one because: {Reason}")]
    internal static partial void AdoptionFailed(ILogger logger, long count, string reason);

    [LoggerMessage(3105, LogLevel.Critical, "the event loop failed")]
    internal static partial void EventLoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(3201, LogLevel.Information, "{Peer} fetched volfile \"{Key}\" ({Bytes} bytes; {Count} fetches since the last such line)")]
    internal static partial void VolfileFetched(ILogger logger, string peer, string key, int bytes, long count);

    [LoggerMessage(3202, LogLevel.Warning, "{Count} fetches refused; the last one: {Peer} did not get volfile \"{Key}\": errno {Errno}, {Reason}")]
    internal static partial void VolfileRefused(ILogger logger, long count, string peer, string key, int errno, string reason);

    [LoggerMessage(3203, LogLevel.Debug, "{Peer}: volfile connection ended: {Reason}, {Text}")]
    internal static partial void VolfileConnectionEnded(ILogger logger, string peer, RpcCloseReason reason, string text);

    [LoggerMessage(3204, LogLevel.Warning, "{Peer}: closed its volfile connection: {Text}")]
    internal static partial void VolfileConnectionBroken(ILogger logger, string peer, string text);

    [LoggerMessage(3205, LogLevel.Warning, "{Count} connections closed because too many volfile connections are open, or too many from one address; the last one: {Peer}")]
    internal static partial void TooManyVolfileConnections(ILogger logger, long count, string peer);

    [LoggerMessage(3206, LogLevel.Warning, "{Path} is not served as it is now: {Reason}; the last good version stays")]
    internal static partial void VolfileKept(ILogger logger, string path, string reason);

    [LoggerMessage(3208, LogLevel.Information, "volfile \"{Key}\": {Bytes} bytes, sha256 {Hash}")]
    internal static partial void VolfileLoaded(ILogger logger, string key, int bytes, string hash);

    [LoggerMessage(3209, LogLevel.Information, "volfile \"{Key}\" was removed")]
    internal static partial void VolfileGone(ILogger logger, string key);

    [LoggerMessage(3210, LogLevel.Information, "told {Count} connections that their volfile has changed")]
    internal static partial void ClientsNotified(ILogger logger, int count);

    [LoggerMessage(3211, LogLevel.Warning, "{Count} connections closed because their address may not fetch volfiles; the last one: {Peer}")]
    internal static partial void AddressesDenied(ILogger logger, long count, string peer);

    [LoggerMessage(3207, LogLevel.Error, "call of program {Program} procedure {Procedure} failed")]
    internal static partial void ProcedureFailed(ILogger logger, uint program, uint procedure, Exception exception);
}
