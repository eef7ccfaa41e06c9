using Microsoft.Extensions.Logging;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Messages of a manager. Numbers from 3650 to 3699.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class ManagerLog
{
    [LoggerMessage(3650, LogLevel.Information, "kadalu {Version} manager, state in {State}")]
    internal static partial void Starting(ILogger logger, string version, string state);

    [LoggerMessage(3651, LogLevel.Information, "ready: {Status}")]
    internal static partial void Ready(ILogger logger, string status);

    [LoggerMessage(3652, LogLevel.Information, "the task {Task} ({What}) was interrupted, and goes on")]
    internal static partial void TaskResumed(ILogger logger, long task, string what);

    [LoggerMessage(3653, LogLevel.Information, "the task {Task} ({What}) is done {Note}")]
    internal static partial void TaskDone(ILogger logger, long task, string what, string note);

    [LoggerMessage(3654, LogLevel.Error, "the task {Task} ({What}) has failed: {Problem}")]
    internal static partial void TaskFailed(ILogger logger, long task, string what, string problem);

    [LoggerMessage(3656, LogLevel.Information, "{Node} has missed what has become of {Pool}, and is told")]
    internal static partial void NodeBehind(ILogger logger, string node, string pool);

    [LoggerMessage(3658, LogLevel.Information, "{Pool}, which its nodes had before they joined, is the cluster's now")]
    internal static partial void PoolTakenOver(ILogger logger, string pool);

    [LoggerMessage(3657, LogLevel.Warning, "{Node} has missed what has become of {Pool}, and is not told: {Problem}")]
    internal static partial void NodeNotTold(ILogger logger, string node, string pool, string problem);

    // 3655 was a task that was not tried again.
    [LoggerMessage(3659, LogLevel.Error, "the task {Task} cannot go on, and is tried again in {Seconds} s")]
    internal static partial void TaskRetried(ILogger logger, long task, double seconds, Exception exception);

    [LoggerMessage(
        3670, LogLevel.Warning,
        "this state is an older copy: it ended with the task {Known}, and {Node} has seen the task {Seen}; tasks go on above that")]
    internal static partial void StateIsOlder(ILogger logger, long known, string node, long seen);

    [LoggerMessage(
        3671, LogLevel.Warning,
        "{Node} knows more of {Pool} than the manager: nothing is done with it before kadalu pool adopt")]
    internal static partial void PoolIsOlder(ILogger logger, string node, string pool);
}
