using KadaluFsd.Fsd.Unit;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Control;

/// <summary>What clients ask a unit's graph for.</summary>
/// <param name="unit">The unit.</param>
internal sealed class OperationRoute(RunningUnit unit)
{
    /// <summary>The route.</summary>
    /// <returns>It.</returns>
    internal ControlRoute Create() => ControlRoute.Json("GET", "/v1/operations", Get, () => ControlJson.Default.OperationReport);

    private OperationReport Get() => new(unit.Context.GetOperationCounts(), unit.Context.GetOperations(TimeSpan.Zero), unit.Slow.Get());
}

/// <summary>The file operations that clients ask for.</summary>
/// <param name="Kinds">What has come of each kind since the graph started.</param>
/// <param name="InProgress">Those that have not been answered; the newest first.</param>
/// <param name="Slowest">Those that took a second and more within the last hour; the slowest first.</param>
internal sealed record OperationReport(OperationCount[] Kinds, OperationInProgress[] InProgress, SlowOperation[] Slowest);
