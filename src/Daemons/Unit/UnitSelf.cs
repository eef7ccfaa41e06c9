using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>Status lines of a unit, and what signals do.</summary>
/// <param name="health">The health of its directory.</param>
internal sealed class UnitSelf(
    GraphProcessOptions options, UnitPreparation preparation, GlusterContext context, GraphReload reload, HealthMonitor health,
    ILogger<UnitSelf> logger)
    : GraphSelf(context, reload, logger)
{
    /// <inheritdoc/>
    public override string Status =>
        $"serving {options.Volfile} on port " +
        $"{preparation.Address.Port}{(health.Current.Problems.Length == 0 ? "" : $"; {health.Current.Describe()}")}";

    /// <inheritdoc/>
    public override void SayReady() => LifeLog.Ready(logger, preparation.Address.Port);

    /// <inheritdoc/>
    public override string SayStopping()
    {
        Context.ReportSuppressedLogLines();
        GraphLifeLog.Stopping(logger, Context.OperationsInProgress);
        return health.Failed.IsCompleted ? health.Current.Describe() : "answering what is in progress";
    }
}
