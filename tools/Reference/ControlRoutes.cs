using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Heal;
using KadaluFsd.Daemons.Unit;

namespace KadaluFsd.Reference;

/// <summary>The routes of each kind of process. They need their process when they are asked, not before.</summary>
internal static class ControlRoutes
{
    private static RunningGraph NoGraph => new(null!, null!, null!, null!, null!, null!, null!, null!, null!, null!);

    /// <summary>A storage unit's.</summary>
    internal static IControlRoutes OfUnit() =>
        new UnitControl(new RunningUnit(NoGraph, null!, null!, null!, null!, null!, null!, null!, null!));

    /// <summary>A self-heal daemon's.</summary>
    internal static IControlRoutes OfHealDaemon() => new HealControl(new RunningHealDaemon(NoGraph, null!, null!), null!);
}
