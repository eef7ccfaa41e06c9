using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Health;

/// <summary>Messages about the health of graph, disk and threads. Numbers below 3100.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class HealthLog
{
    [LoggerMessage(3009, LogLevel.Information, "the graph is up: {Volume}")]
    internal static partial void ChildUp(ILogger logger, string volume);

    [LoggerMessage(3010, LogLevel.Error, "the graph is down: {Volume} cannot serve")]
    internal static partial void ChildDown(ILogger logger, string volume);

    [LoggerMessage(3011, LogLevel.Warning, "{Count} events of the graph were lost")]
    internal static partial void EventsLost(ILogger logger, string count);

    [LoggerMessage(3022, LogLevel.Warning, "the graph has not taken a connection: {Reason}")]
    internal static partial void AcceptFailed(ILogger logger, string reason);

    [LoggerMessage(3030, LogLevel.Critical, "the unit's directory has failed: {Reason}")]
    internal static partial void HealthFailed(ILogger logger, string reason);

    [LoggerMessage(3031, LogLevel.Warning, "the unit's directory needs attention: {Reason}")]
    internal static partial void HealthDegraded(ILogger logger, string reason);

    [LoggerMessage(3032, LogLevel.Information, "the unit's directory is healthy again")]
    internal static partial void HealthBack(ILogger logger);

    [LoggerMessage(3036, LogLevel.Information, "storage unit {Volume} is connected")]
    internal static partial void UnitConnected(ILogger logger, string volume);

    [LoggerMessage(3037, LogLevel.Warning, "storage unit {Volume} is not connected")]
    internal static partial void UnitDisconnected(ILogger logger, string volume);

    [LoggerMessage(
        3250, LogLevel.Warning,
        "{Count} names of the directory {Directory} stay different on its units, such as \"{Name}\" (kadalu heal check)")]
    internal static partial void NamesDiffer(ILogger logger, int count, Guid directory, string name);

    [LoggerMessage(
        3251, LogLevel.Warning, "directory {Directory} stays missing on {Count} units (kadalu heal check)")]
    internal static partial void DirectoryMissing(ILogger logger, Guid directory, int count);
}
