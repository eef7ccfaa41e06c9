using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What a unit says of itself, and does when a signal asks for it.</summary>
/// <param name="options">What it was told.</param>
/// <param name="context">The graph.</param>
/// <param name="reload">Reads everything again.</param>
/// <param name="health">Knows what is wrong with its directory.</param>
/// <param name="logger">Told what it does.</param>
internal sealed class UnitSelf(
    DaemonOptions options, GlusterContext context, GraphReload reload, HealthMonitor health, ILogger<UnitSelf> logger) : IDaemon
{
    /// <inheritdoc/>
    public string Status =>
        $"serving {options.Volfile} on port " +
        $"{options.Port}{(health.Current.Problems.Length == 0 ? "" : $"; {health.Current.Describe()}")}";

    /// <inheritdoc/>
    public void SayReady() => LifeLog.Ready(logger, options.Port);

    /// <inheritdoc/>
    public string SayStopping()
    {
        context.TellHeldBackLogLines();
        GraphLifeLog.Stopping(logger, context.OperationsInProgress);
        return health.Failed.IsCompleted ? health.Current.Describe() : "answering what is in progress";
    }

    /// <inheritdoc/>
    public void Reload() => reload.Run();

    /// <inheritdoc/>
    public void WriteStatedump()
    {
        context.WriteStatedump();
        ControlLog.StatedumpOrdered(logger);
    }
}
