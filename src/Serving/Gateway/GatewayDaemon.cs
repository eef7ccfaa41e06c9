using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Gateway;

/// <summary>What a gateway says of itself, and does when a signal asks for it.</summary>
/// <param name="options">Say where it listens.</param>
/// <param name="output">Its log.</param>
/// <param name="volfiles">Serves volfiles.</param>
/// <param name="logger">Told what it does.</param>
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

    /// <summary>Nothing of GlusterFS is here that a statedump could tell of.</summary>
    public void WriteStatedump()
    {
    }
}
