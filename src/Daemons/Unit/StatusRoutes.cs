using KadaluFsd.Contract;
using KadaluFsd.Control;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Daemons.Unit;

/// <summary>How a unit is, and who is there.</summary>
/// <param name="unit">The unit.</param>
internal sealed class StatusRoutes(RunningUnit unit)
{
    private readonly SharedText _metrics = new(() => UnitMetrics.Write(unit));

    /// <summary>Those that anybody may ask, over TCP too: they tell nothing of clients or contents.</summary>
    /// <returns>The routes.</returns>
    internal IEnumerable<ControlRoute> CreatePublic() =>
    [
        new("GET", "/readyz", (request, _) => AnswerReadyAsync(request)),
        new("GET", "/metrics", (request, _) => AnswerMetricsAsync(request)),
    ];

    /// <summary>The others.</summary>
    /// <returns>The routes.</returns>
    internal IEnumerable<ControlRoute> Create() =>
    [
        ControlRoute.Json("GET", "/v1/status", () => UnitStatusReader.Read(unit), () => ControlJson.Default.UnitStatus),
        ControlRoute.Json(
            "GET", "/v1/clients", () => ClientReader.Read(unit.Context, unit.Volfiles), () => ControlJson.Default.ClientReport),
    ];

    private async Task AnswerMetricsAsync(HttpContext request) =>
        await request.AnswerAsync(StatusCodes.Status200OK, MetricsText.ContentType, await _metrics.WriteAsync());

    private Task AnswerReadyAsync(HttpContext request)
    {
        var state = UnitState.Of(unit);
        string reasons = string.Join("; ", state.Reasons);
        return state.IsReady
            ? request.AnswerAsync(StatusCodes.Status200OK, state.Reasons.Length == 0 ? "ok\n" : $"ok, but {reasons}\n")
            : request.RefuseAsync(StatusCodes.Status503ServiceUnavailable, reasons);
    }
}
