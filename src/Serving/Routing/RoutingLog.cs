using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Routing;

/// <summary>Messages about accepting and dispatching connections. Numbers from 3100.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class RoutingLog
{
    [LoggerMessage(
        3101, LogLevel.Warning, "cannot accept connections: out of descriptors or memory; next try in {Milliseconds} ms")]
    internal static partial void AcceptPaused(ILogger logger, int milliseconds);

    [LoggerMessage(
        3102, LogLevel.Information, "closed {Count} connections that sent no call within {Seconds} s or were too many")]
    internal static partial void UndecidedClosed(ILogger logger, long count, double seconds);

    [LoggerMessage(3103, LogLevel.Information, "closed {Count} connections whose first bytes are neither RPC nor TLS")]
    internal static partial void GarbageClosed(ILogger logger, long count);

    [LoggerMessage(3104, LogLevel.Warning, "{Count} connections could not be passed to the graph; the last one: {Reason}")]
    internal static partial void AdoptionFailed(ILogger logger, long count, string reason);

    [LoggerMessage(3106, LogLevel.Warning, "mount -t kadalu must be given a port of this node: {Reason}")]
    internal static partial void NodePortUnavailable(ILogger logger, string reason);

    [LoggerMessage(
        3107, LogLevel.Warning,
        "closed {Count} connections: the last of {Limit} descriptors are kept for the process itself and for the pool's nodes")]
    internal static partial void DescriptorsKept(ILogger logger, long count, int limit);

    [LoggerMessage(3108, LogLevel.Warning, "the unit's alias is of no use to NFS-Ganesha: {Reason}")]
    internal static partial void AliasUnavailable(ILogger logger, string reason);
}
