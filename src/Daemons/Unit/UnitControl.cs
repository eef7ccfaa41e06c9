using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What can be asked of a running unit.</summary>
/// <param name="unit">The unit.</param>
internal sealed class UnitControl(RunningUnit unit) : IControlRoutes
{
    private readonly LifeRoutes _life = new(unit);
    private readonly StatusRoutes _status = new(unit);

    /// <summary>Nothing: a unit that is starting says so.</summary>
    public string? Problem => null;

    /// <inheritdoc/>
    public Stream OpenDescription() =>
        typeof(UnitControl).Assembly.GetManifestResourceStream("unit.openapi.json")!;

    /// <inheritdoc/>
    public void MapPublic(IEndpointRouteBuilder routes)
    {
        _life.MapPublic(routes);
        _status.MapPublic(routes);
    }

    /// <inheritdoc/>
    public void MapPrivate(IEndpointRouteBuilder routes)
    {
        _status.Map(routes);
        new VolfileRoutes(unit).Map(routes);
        new GraphRoutes(unit).Map(routes);
        _life.Map(routes);
    }
}
