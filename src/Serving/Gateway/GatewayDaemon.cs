using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Gateway;

/// <summary>What a gateway says of itself, and does when a signal asks for it.</summary>
/// <param name="options">What it was told.</param>
/// <param name="reloadables">What it has read of files.</param>
/// <param name="logger">Told what it does.</param>
public sealed class GatewayDaemon(DaemonOptions options, IEnumerable<IReloadable> reloadables, ILogger<GatewayDaemon> logger) : IDaemon
{
    /// <inheritdoc/>
    public string Status => $"serving volfiles on {options.Listen}";

    /// <inheritdoc/>
    public void SayReady() => LifeLog.Ready(logger, options.Listen.Port);

    /// <inheritdoc/>
    public string SayStopping() => "saying goodbye";

    /// <inheritdoc/>
    public void Reload()
    {
        LifeLog.Reloading(logger);
        foreach (IReloadable reloadable in reloadables)
        {
            reloadable.Reload();
        }
    }

    /// <summary>Nothing of GlusterFS is here that a statedump could tell of.</summary>
    public void WriteStatedump()
    {
    }
}
