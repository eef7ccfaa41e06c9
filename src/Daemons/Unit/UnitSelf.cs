using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What a unit says of itself, and does when a signal asks for it.</summary>
/// <param name="options">Say what it runs.</param>
/// <param name="listen">Say on which port.</param>
/// <param name="context">The graph.</param>
/// <param name="reload">Reads everything again.</param>
/// <param name="health">Knows what is wrong with its directory.</param>
/// <param name="logger">Told what it does.</param>
internal sealed class UnitSelf(
    GraphOptions options, ListenOptions listen, GlusterContext context, GraphReload reload, HealthMonitor health,
    ILogger<UnitSelf> logger)
    : GraphSelf(context, reload, logger)
{
    /// <inheritdoc/>
    public override string Status =>
        $"serving {options.Volfile} on port " +
        $"{listen.Port}{(health.Current.Problems.Length == 0 ? "" : $"; {health.Current.Describe()}")}";

    /// <inheritdoc/>
    public override void SayReady() => LifeLog.Ready(logger, listen.ExpectPort());

    /// <inheritdoc/>
    public override string SayStopping()
    {
        Context.TellHeldBackLogLines();
        GraphLifeLog.Stopping(logger, Context.OperationsInProgress);
        return health.Failed.IsCompleted ? health.Current.Describe() : "answering what is in progress";
    }
}
