using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Gateway;

/// <summary>A gateway's log file.</summary>
public sealed class GatewayOutput(
    LogOptions options, ListenOptions listen, ProcessLog log, Volfiles.IVolfileSource source, ILogger<GatewayOutput> logger)
    : OwnLog(options, log, logger)
{
    /// <inheritdoc/>
    protected override void SayStarting() => GatewayLog.GatewayStarting(
        logger, ProgramVersion.Text, source.Directory, listen.ParseGateway().ToString());
}
