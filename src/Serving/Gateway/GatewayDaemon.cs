using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Gateway;

/// <summary>Status lines of a gateway, and what signals do.</summary>
public sealed class GatewayDaemon(
    ListenOptions options, GatewayOutput output, VolfileServer volfiles, ILogger<GatewayDaemon> logger)
    : IDaemon
{
    /// <inheritdoc/>
    public string Status => $"serving volfiles on {options.ParseGateway()}";

    /// <inheritdoc/>
    public void SayReady() => LifeLog.Ready(logger, options.ParseGateway().Port);

    /// <inheritdoc/>
    public string SayStopping() => "saying goodbye";

    /// <inheritdoc/>
    public void Reload()
    {
        output.Reopen();
        LifeLog.Reloading(logger);
        volfiles.Reload();
    }

    /// <summary>There is no GlusterFS in this process that could write one.</summary>
    public void WriteStatedump()
    {
    }
}
