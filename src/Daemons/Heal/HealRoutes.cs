using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Daemons.Heal;

/// <summary>How a self-heal daemon is, what it has healed, and orders to heal.</summary>
/// <param name="daemon">The daemon.</param>
internal sealed class HealRoutes(RunningHealDaemon daemon)
{
    /// <summary>Those that anybody may ask, over TCP too.</summary>
    /// <returns>The routes.</returns>
    internal IEnumerable<ControlRoute> CreatePublic() =>
    [
        new("GET", "/readyz", (request, _) => AnswerReadyAsync(request)),
        new("GET", "/metrics", (request, _) =>
            request.AnswerAsync(StatusCodes.Status200OK, MetricsText.ContentType, HealMetrics.Write(daemon))),
    ];

    /// <summary>The others.</summary>
    /// <returns>The routes.</returns>
    internal IEnumerable<ControlRoute> Create() =>
    [
        ControlRoute.Json(
            "GET", "/v1/status", () => HealDaemonStatusReader.Read(daemon), () => ControlJson.Default.HealDaemonStatus),
        ControlRoute.Json("GET", "/v1/heals", () => daemon.Context.GetHealCrawls(), () => ControlJson.Default.HealCrawlArray),
        new("POST", "/v1/heals", (request, _) => StartAsync(request)),
        ControlRoute.Json("POST", "/v1/checks", daemon.StartCheck, () => ControlJson.Default.CopyReport),
        new("GET", "/v1/checks", (request, _) => AnswerCheckAsync(request)),
    ];

    // A unit that is not there is no fault of the daemon's, which heals the others.
    private Task AnswerReadyAsync(HttpContext request)
    {
        string reasons = string.Join("; ", HealDaemonStatusReader.Read(daemon).Reasons);
        return request.AnswerAsync(StatusCodes.Status200OK, reasons.Length == 0 ? "ok\n" : $"ok, but {reasons}\n");
    }

    private Task AnswerCheckAsync(HttpContext request) => daemon.Check is { } report
        ? request.AnswerAsync(StatusCodes.Status200OK, report, ControlJson.Default.CopyReport)
        : request.RefuseAsync(StatusCodes.Status404NotFound, "copies have not been compared yet");

    private async Task StartAsync(HttpContext request)
    {
        HealOrder order = await request.ReadJsonAsync(ControlJson.Default.HealOrder);
        if (order.Kind is not (HealOrder.Index or HealOrder.Full))
        {
            await request.RefuseAsync(
                StatusCodes.Status422UnprocessableEntity, $"kind \"{order.Kind}\" is not {HealOrder.Index} or {HealOrder.Full}");
            return;
        }

        if (daemon.TryStartHeal(order.Kind == HealOrder.Full) is not { } units)
        {
            await request.RefuseAsync(
                StatusCodes.Status409Conflict, "an order to heal is being given already; it waits for units to answer");
            return;
        }

        bool isStarted = units.Any(unit => unit.IsStarted);
        ControlLog.HealOrdered(daemon.Logger, order.Kind, units.Count(unit => unit.IsStarted));
        await request.AnswerAsync(
            isStarted ? StatusCodes.Status200OK : StatusCodes.Status409Conflict,
            new HealAnswer(units,
                isStarted ? null : "nothing is healed: " +
                $"{string.Join("; ", units.Select(unit => $"{unit.Unit}: {unit.Status}"))}"), ControlJson.Default.HealAnswer);
    }
}
