using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What can be asked of a running unit, and where.</summary>
/// <param name="unit">The unit.</param>
internal sealed class UnitControl(RunningUnit unit) : IControlRoutes
{
    /// <summary>Nothing: a unit that is starting says so.</summary>
    public string? Problem => null;

    /// <inheritdoc/>
    public IReadOnlyList<ControlRoute> CreatePublic() =>
        [new LifeRoutes(unit).CreateLive(), .. new StatusRoutes(unit).CreatePublic()];

    /// <inheritdoc/>
    public IReadOnlyList<ControlRoute> CreateAll() =>
    [
        .. CreatePublic(), .. new StatusRoutes(unit).Create(), .. new VolfileRoutes(unit).Create(),
        new OperationRoute(unit).Create(),
        .. new GraphRoutes(unit).Create(), .. new LifeRoutes(unit).Create(), new DrainRoute(unit).Create(),
    ];
}
