using KadaluFsd.Fsd.Control;

namespace KadaluFsd.Fsd.Heal;

/// <summary>What can be asked of a running self-heal daemon, and where.</summary>
internal static class HealControl
{
    /// <summary>What anybody may ask.</summary>
    /// <param name="daemon">The daemon.</param>
    /// <returns>The routes.</returns>
    internal static IReadOnlyList<ControlRoute> CreatePublicRoutes(RunningHealDaemon daemon) => [new LifeRoutes(daemon).CreateLive(), .. new HealRoutes(daemon).CreatePublic()];

    /// <summary>Everything that can be asked on the control socket.</summary>
    /// <param name="daemon">The daemon.</param>
    /// <returns>The routes.</returns>
    internal static IReadOnlyList<ControlRoute> CreateRoutes(RunningHealDaemon daemon) => ControlSockets.Describe(
        [.. CreatePublicRoutes(daemon), .. new HealRoutes(daemon).Create(), .. new MarkRoutes(daemon).Create(), .. new GraphRoutes(daemon).Create(), .. new LifeRoutes(daemon).Create()]);
}
