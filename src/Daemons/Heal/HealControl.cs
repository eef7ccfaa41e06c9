using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Heal;

/// <summary>What can be asked of a running self-heal daemon.</summary>
/// <param name="daemon">The daemon.</param>
/// <param name="graph">Its graph.</param>
internal sealed class HealControl(RunningHealDaemon daemon, HealGraph graph) : IControlRoutes
{
    private readonly LifeRoutes _life = new(daemon);
    private readonly HealRoutes _heals = new(daemon);

    /// <inheritdoc/>
    public string? Problem => graph.IsUp ? null : "starting: the graph is not there yet";

    /// <inheritdoc/>
    public Stream OpenDescription() =>
        typeof(HealControl).Assembly.GetManifestResourceStream("heal-daemon.openapi.json")!;

    /// <inheritdoc/>
    public void MapPublic(IEndpointRouteBuilder routes)
    {
        _life.MapPublic(routes);
        _heals.MapPublic(routes);
    }

    /// <inheritdoc/>
    public void MapPrivate(IEndpointRouteBuilder routes)
    {
        _heals.Map(routes);
        new MarkRoutes(daemon).Map(routes);
        new GraphRoutes(daemon).Map(routes);
        _life.Map(routes);
    }
}
