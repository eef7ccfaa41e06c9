using Microsoft.Extensions.Logging;

namespace KadaluFsd.Agent.Nodes;

/// <summary>Messages of an agent. Numbers from 3600 to 3649.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class AgentLog
{
    [LoggerMessage(3600, LogLevel.Information, "kadalu-fsd {Version} agent of the node {Name}, {Node}")]
    internal static partial void Starting(ILogger logger, string version, string name, Guid node);

    [LoggerMessage(3601, LogLevel.Information, "ready: {Status}")]
    internal static partial void Ready(ILogger logger, string status);

    [LoggerMessage(3602, LogLevel.Information, "the manager at {Host}:{Port} knows of this node")]
    internal static partial void ManagerFound(ILogger logger, string host, int port);

    [LoggerMessage(3603, LogLevel.Warning, "the manager cannot be told of this node; units serve without it: {Problem}")]
    internal static partial void ManagerLost(ILogger logger, string problem);

    [LoggerMessage(3604, LogLevel.Information, "this node has another certificate")]
    internal static partial void Renewed(ILogger logger);

    [LoggerMessage(3605, LogLevel.Warning, "this node gets no other certificate, and its own one is to end: {Problem}")]
    internal static partial void NotRenewed(ILogger logger, string problem);

    [LoggerMessage(3607, LogLevel.Information, "this node has joined by the token in {File}, which is deleted")]
    internal static partial void JoinedByFile(ILogger logger, string file);

    [LoggerMessage(3608, LogLevel.Warning, "this node cannot join by the token in {File}: {Problem}")]
    internal static partial void NotJoinedByFile(ILogger logger, string file, string problem);

    [LoggerMessage(3609, LogLevel.Information, "this node was called {Before}, and is called {Name} from now on")]
    internal static partial void Renamed(ILogger logger, string before, string name);

    [LoggerMessage(3610, LogLevel.Information, "the manager was at {Before}, and is at {Host} from now on")]
    internal static partial void ManagerMoved(ILogger logger, string before, string host);

    [LoggerMessage(
        3611, LogLevel.Warning,
        "the manager says that it is at {Host}, and is not found there; it is asked at {Before} still: {Problem}")]
    internal static partial void ManagerNotThere(ILogger logger, string host, string before, string problem);

    [LoggerMessage(3606, LogLevel.Error, "the manager cannot be told of this node, by a fault of this program")]
    internal static partial void ReportFailed(ILogger logger, Exception exception);
}
