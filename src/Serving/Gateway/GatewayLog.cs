using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Gateway;

/// <summary>Messages of a gateway's start. Numbers below 3100.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class GatewayLog
{
    [LoggerMessage(3014, LogLevel.Information, "kadalu-fsd {Version} gateway: volfiles in {Directory}, listening on {Address}")]
    internal static partial void GatewayStarting(ILogger logger, string version, string directory, string address);
}
