using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;

namespace KadaluFsd.Daemons.Heal;

/// <summary>What can be asked of a running self-heal daemon, and where.</summary>
/// <param name="daemon">The daemon.</param>
/// <param name="graph">Its graph.</param>
internal sealed class HealControl(RunningHealDaemon daemon, HealGraph graph) : IControlRoutes
{
    /// <inheritdoc/>
    public string? Problem => graph.IsUp ? null : "starting: the graph is not there yet";

    /// <inheritdoc/>
    public IReadOnlyList<ControlRoute> CreatePublic() =>
        [new LifeRoutes(daemon).CreateLive(), .. new HealRoutes(daemon).CreatePublic()];

    /// <inheritdoc/>
    public IReadOnlyList<ControlRoute> CreateAll() =>
    [
        .. CreatePublic(), .. new HealRoutes(daemon).Create(), .. new MarkRoutes(daemon).Create(),
        .. new GraphRoutes(daemon).Create(),
        .. new LifeRoutes(daemon).Create(),
    ];
}
