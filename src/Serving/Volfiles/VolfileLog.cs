using KadaluFsd.Rpc.Onc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Messages about volfiles and their clients. Numbers from 3200.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class VolfileLog
{
    [LoggerMessage(
        3201, LogLevel.Information, "{Peer} fetched volfile \"{Key}\" ({Bytes} bytes; {Count} fetches since the last such line)")]
    internal static partial void VolfileFetched(ILogger logger, string peer, string key, int bytes, long count);

    [LoggerMessage(
        3202, LogLevel.Warning,
        "{Count} fetches refused; the last one: {Peer} did not get volfile \"{Key}\": errno {Errno}, {Reason}")]
    internal static partial void VolfileRefused(ILogger logger, long count, string peer, string key, int errno, string reason);

    [LoggerMessage(3203, LogLevel.Debug, "{Peer}: volfile connection ended: {Reason}, {Text}")]
    internal static partial void VolfileConnectionEnded(ILogger logger, string peer, RpcCloseReason reason, string text);

    [LoggerMessage(3204, LogLevel.Warning, "{Peer}: closed its volfile connection: {Text}")]
    internal static partial void VolfileConnectionBroken(ILogger logger, string peer, string text);

    [LoggerMessage(
        3205, LogLevel.Warning,
        "{Count} connections closed because too many volfile connections are open, or too many from one address; the last " +
        "one: {Peer}")]
    internal static partial void TooManyVolfileConnections(ILogger logger, long count, string peer);

    [LoggerMessage(3206, LogLevel.Warning, "{Path} is not served as it is now: {Reason}; the last good version stays")]
    internal static partial void VolfileKept(ILogger logger, string path, string reason);

    [LoggerMessage(3207, LogLevel.Error, "call of program {Program} procedure {Procedure} failed")]
    internal static partial void ProcedureFailed(ILogger logger, uint program, uint procedure, Exception exception);

    [LoggerMessage(3208, LogLevel.Information, "volfile \"{Key}\": {Bytes} bytes, sha256 {Hash}")]
    internal static partial void VolfileLoaded(ILogger logger, string key, int bytes, string hash);

    [LoggerMessage(3209, LogLevel.Information, "volfile \"{Key}\" was removed")]
    internal static partial void VolfileGone(ILogger logger, string key);

    [LoggerMessage(3210, LogLevel.Information, "notified {Count} connections of a changed volfile")]
    internal static partial void ClientsNotified(ILogger logger, int count);

    [LoggerMessage(
        3211, LogLevel.Warning, "{Count} connections closed because their address may not fetch volfiles; the last one: {Peer}")]
    internal static partial void AddressesDenied(ILogger logger, long count, string peer);

    [LoggerMessage(3212, LogLevel.Information, "volfiles are served with TLS too, certificate {Certificate}")]
    internal static partial void TlsReady(ILogger logger, string certificate);

    [LoggerMessage(3213, LogLevel.Warning, "TLS files for volfiles cannot be used, previous ones stay: {Reason}")]
    internal static partial void TlsUnavailable(ILogger logger, string reason);

    [LoggerMessage(3214, LogLevel.Warning, "{Count} TLS handshakes failed; the last one, {Peer}: {Reason}")]
    internal static partial void TlsRefused(ILogger logger, long count, string peer, string reason);

    [LoggerMessage(3215, LogLevel.Warning, "{Count} connections without TLS closed, since it is required; the last one: {Peer}")]
    internal static partial void PlainRefused(ILogger logger, long count, string peer);
}
