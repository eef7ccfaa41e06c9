using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// Orders to a self-heal daemon to mark what a unit missed that comes back without its files, or with old ones.
/// </summary>
/// <param name="daemon">The daemon.</param>
internal sealed class MarkRoutes(RunningHealDaemon daemon)
{
    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where they are mapped.</param>
    internal void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/marks", MarkAsync).WithName("mark");

    /// <summary>Marks what a unit missed that comes back without its files, or with old ones, for healing.</summary>
    /// <response code="409">A unit that is needed for it cannot be asked.</response>
    /// <response code="422">There is no such scope.</response>
    internal async Task<Results<Ok<MarkAnswer>, BadRequest<ControlError>, Conflict<ControlError>,
        UnprocessableEntity<ControlError>>> MarkAsync(MarkOrder order)
    {
        if (order.Scope is not (MarkOrder.Top or MarkOrder.Everything))
        {
            return TypedResults.UnprocessableEntity(
                new ControlError($"scope \"{order.Scope}\" is not {MarkOrder.Top} or {MarkOrder.Everything}"));
        }

        try
        {
            long marked = await daemon.HealThread.InvokeAsync(
                () => daemon.Context.MarkForHeal(order.Unit, order.Scope == MarkOrder.Everything, order.BesideLost));
            ControlLog.UnitMarked(daemon.Logger, order.Unit, marked);
            return TypedResults.Ok(new MarkAnswer(marked));
        }
        catch (GraphException exception)
        {
            return TypedResults.Conflict(new ControlError(exception.Message));
        }
    }
}
