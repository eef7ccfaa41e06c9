using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Unit;

/// <summary>How a unit is, who is there and what for, and draining it.</summary>
/// <param name="unit">The unit.</param>
internal sealed class StatusRoutes(RunningUnit unit)
{
    private static readonly TimeSpan s_drainsWithin = TimeSpan.FromMinutes(5);
    private readonly SharedText _metrics = new(() => UnitMetrics.Write(unit));

    /// <summary>Maps what anybody may ask, over TCP too: it tells nothing of clients or contents.</summary>
    /// <param name="routes">Where it is mapped.</param>
    internal void MapPublic(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/readyz", ProbeReady).WithName("probeReady").ProducesText();
        routes.MapGet("/metrics", GetMetricsAsync).WithName("getMetrics").ProducesText();
    }

    /// <summary>Maps the others.</summary>
    /// <param name="routes">Where they are mapped.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/status", GetStatus).WithName("getStatus");
        routes.MapGet("/v1/clients", GetClients).WithName("getClients");
        routes.MapGet("/v1/operations", GetOperations).WithName("getOperations");
        routes.MapPost("/v1/drain", Drain).WithName("drain");
    }

    /// <summary>Whether new clients can be served.</summary>
    /// <response code="200">They can; the text may have what needs attention.</response>
    /// <response code="503">They cannot; says why.</response>
    internal Results<ContentHttpResult, Unavailable> ProbeReady()
    {
        var state = UnitState.Of(unit);
        string reasons = string.Join("; ", state.Reasons);
        return state.IsReady ? ControlAnswer.Ready(reasons) : new Unavailable(reasons);
    }

    /// <summary>Figures in Prometheus's text format, version 0.0.4.</summary>
    internal async Task<ContentHttpResult> GetMetricsAsync() =>
        TypedResults.Text(await _metrics.WriteAsync(), MetricsText.ContentType);

    /// <summary>How the unit is.</summary>
    internal UnitStatus GetStatus() => UnitStatusReader.Read(unit);

    /// <summary>Who is connected.</summary>
    internal ClientReport GetClients() => ClientReader.Read(unit.Context, unit.Volfiles);

    /// <summary>What clients ask the graph for: counts and times, what is in progress, the slowest of the last hour.</summary>
    internal OperationReport GetOperations() =>
        new(unit.Context.GetOperationCounts(), unit.Context.GetOperations(TimeSpan.Zero), unit.Slow.Get());

    /// <summary>Lets no new clients in, and stops when the last one has gone, or when time is up.</summary>
    /// <response code="202">It drains; without a time it has five minutes.</response>
    /// <response code="409">It is draining already.</response>
    internal Results<Accepted<StopAnswer>, BadRequest<ControlError>, Conflict<ControlError>> Drain(StopRequest? request)
    {
        TimeSpan deadline = LifeRoutes.ReadDeadline(request) ?? s_drainsWithin;
        return unit.Drain.Begin(deadline)
            ? TypedResults.Accepted(
                (string?)null, new StopAnswer("draining", deadline.TotalSeconds, unit.Context.ClientCount))
            : TypedResults.Conflict(new ControlError("it is draining already"));
    }
}
