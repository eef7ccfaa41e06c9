using KadaluFsd.Fsd.Control;

namespace KadaluFsd.Fsd.Unit;

/// <summary>What can be asked of a running unit, and where.</summary>
internal static class UnitControl
{
    /// <summary>What anybody may ask.</summary>
    /// <param name="unit">The unit.</param>
    /// <returns>The routes.</returns>
    internal static IReadOnlyList<ControlRoute> CreatePublicRoutes(RunningUnit unit) => [new LifeRoutes(unit).CreateLive(), .. new StatusRoutes(unit).CreatePublic()];

    /// <summary>Everything that can be asked on the control socket.</summary>
    /// <param name="unit">The unit.</param>
    /// <returns>The routes.</returns>
    internal static IReadOnlyList<ControlRoute> CreateRoutes(RunningUnit unit) => ControlSockets.Describe(
    [
        .. CreatePublicRoutes(unit), .. new StatusRoutes(unit).Create(), .. new VolfileRoutes(unit).Create(), new OperationRoute(unit).Create(), .. new GraphRoutes(unit).Create(),
        .. new LifeRoutes(unit).Create(), new DrainRoute(unit).Create(),
    ]);
}
