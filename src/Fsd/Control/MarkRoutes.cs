using KadaluFsd.Fsd.Logging;
using KadaluFsd.Native;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Fsd.Control;

/// <summary>Orders to a self-heal daemon to mark what a unit missed that comes back without its files, or with old ones.</summary>
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
            await request.RefuseAsync(StatusCodes.Status422UnprocessableEntity, $"scope \"{order.Scope}\" is not {MarkOrder.Top} or {MarkOrder.Everything}");
            return;
        }

        try
        {
            long marked = await daemon.HealThread.InvokeAsync(() => daemon.Context.MarkForHeal(order.Unit, order.Scope == MarkOrder.Everything, order.BesideLost));
            ControlLog.UnitMarked(daemon.Logger, order.Unit, marked);
            await request.AnswerAsync(StatusCodes.Status200OK, new MarkAnswer(marked), ControlJson.Default.MarkAnswer);
        }
        catch (GraphException exception)
        {
            await request.RefuseAsync(StatusCodes.Status409Conflict, exception.Message);
        }
    }
}

/// <summary>An order to mark what a unit missed.</summary>
/// <param name="Unit">The unit's <c>protocol/client</c> volume.</param>
/// <param name="Scope"><c>top</c> or <c>everything</c>.</param>
/// <param name="BesideLost">Whether other units of its group may be away as well, as long as one is there, because they have lost what they had.</param>
internal sealed record MarkOrder(string Unit, string Scope, bool BesideLost = false)
{
    /// <summary>The top directory: enough for a unit that has nothing.</summary>
    internal const string Top = "top";

    /// <summary>Every file and directory.</summary>
    internal const string Everything = "everything";
}

/// <summary>What came of it.</summary>
/// <param name="Marked">How many files and directories are marked.</param>
internal sealed record MarkAnswer(long Marked);
