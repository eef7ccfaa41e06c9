using KadaluFsd.Contract;
using KadaluFsd.Control;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What clients ask a unit's graph for.</summary>
/// <param name="unit">The unit.</param>
internal sealed class OperationRoute(RunningUnit unit)
{
    /// <summary>The route.</summary>
    /// <returns>It.</returns>
    internal ControlRoute Create() => ControlRoute.Json("GET", "/v1/operations", Get, () => ControlJson.Default.OperationReport);

    private OperationReport Get() =>
        new(unit.Context.GetOperationCounts(), unit.Context.GetOperations(TimeSpan.Zero), unit.Slow.Get());
}
