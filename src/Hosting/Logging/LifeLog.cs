using Microsoft.Extensions.Logging;

namespace KadaluFsd.Hosting.Logging;

/// <summary>
/// Messages about the life of a process. Numbers below 3100, shared with the other logs about the process as a whole.
/// </summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
public static partial class LifeLog
{
    /// <summary>Clients can be served.</summary>
    [LoggerMessage(3005, LogLevel.Information, "ready: serving on port {Port}")]
    public static partial void Ready(ILogger logger, int port);

    /// <summary>The process ends normally.</summary>
    [LoggerMessage(3008, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    /// <summary>Everything is read again.</summary>
    [LoggerMessage(3015, LogLevel.Information, "reading files again, on request")]
    public static partial void Reloading(ILogger logger);

    [LoggerMessage(3012, LogLevel.Warning, "the service manager cannot be notified: {Reason}")]
    internal static partial void NotifyFailed(ILogger logger, string reason);

    [LoggerMessage(3013, LogLevel.Information, "signal {Signal} is ignored")]
    internal static partial void SignalIgnored(ILogger logger, string signal);

    [LoggerMessage(
        3021, LogLevel.Critical,
        "{What} has not answered for {Seconds} s: WATCHDOG=1 is not sent")]
    internal static partial void Hanging(ILogger logger, string what, double seconds);

    [LoggerMessage(3043, LogLevel.Error, "ends with exit code {Code}: {Reason}")]
    internal static partial void Ends(ILogger logger, int code, string reason);

    [LoggerMessage(3039, LogLevel.Error, "a part has not stopped normally")]
    internal static partial void StopFailed(ILogger logger, Exception exception);
}
