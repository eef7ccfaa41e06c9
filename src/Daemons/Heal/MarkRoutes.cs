using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// Orders to a self-heal daemon to mark what a unit missed that comes back without its files, or with old ones.
/// </summary>
/// <param name="daemon">The daemon.</param>
internal sealed class MarkRoutes(RunningHealDaemon daemon)
{
    /// <summary>The routes.</summary>
    /// <returns>They.</returns>
    internal IEnumerable<ControlRoute> Create() => [new("POST", "/v1/marks", (request, _) => MarkAsync(request))];

    private async Task MarkAsync(HttpContext request)
    {
        MarkOrder order = await request.ReadJsonAsync(ControlJson.Default.MarkOrder);
        if (order.Scope is not (MarkOrder.Top or MarkOrder.Everything))
        {
            await request.RefuseAsync(
                StatusCodes.Status422UnprocessableEntity,
                $"scope \"{order.Scope}\" is not {MarkOrder.Top} or {MarkOrder.Everything}");
            return;
        }

        try
        {
            long marked = await daemon.HealThread.InvokeAsync(
                () => daemon.Context.MarkForHeal(order.Unit, order.Scope == MarkOrder.Everything, order.BesideLost));
            ControlLog.UnitMarked(daemon.Logger, order.Unit, marked);
            await request.AnswerAsync(StatusCodes.Status200OK, new MarkAnswer(marked), ControlJson.Default.MarkAnswer);
        }
        catch (GraphException exception)
        {
            await request.RefuseAsync(StatusCodes.Status409Conflict, exception.Message);
        }
    }
}
