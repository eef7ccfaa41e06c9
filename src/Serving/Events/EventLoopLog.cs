using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Events;

/// <summary>Messages of the event loop.</summary>
internal static partial class EventLoopLog
{
    [LoggerMessage(3105, LogLevel.Critical, "the event loop failed")]
    internal static partial void EventLoopFailed(ILogger logger, Exception exception);
}
