using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Daemons.Heal;

/// <summary>How a self-heal daemon is, what it has healed, and orders to heal.</summary>
/// <param name="daemon">The daemon.</param>
internal sealed class HealRoutes(RunningHealDaemon daemon)
{
    /// <summary>Maps what anybody may ask, over TCP too.</summary>
    /// <param name="routes">Where it is mapped.</param>
    internal void MapPublic(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/readyz", ProbeReady).WithName("probeReady").ProducesText();
        routes.MapGet("/metrics", GetMetrics).WithName("getMetrics").ProducesText();
    }

    /// <summary>Maps the others.</summary>
    /// <param name="routes">Where they are mapped.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/status", GetStatus).WithName("getStatus");
        routes.MapGet("/v1/heals", GetHeals).WithName("getHeals");
        routes.MapPost("/v1/heals", StartHeal).WithName("startHeal");
        routes.MapPost("/v1/checks", StartCheck).WithName("startCheck");
        routes.MapGet("/v1/checks", GetCheck).WithName("getCheck");
    }

    /// <summary>Whether files are healed.</summary>
    /// <response code="200">They are; the text may have what needs attention. A unit that is not there is no fault of the
    /// daemon's, which heals the others.</response>
    internal ContentHttpResult ProbeReady() =>
        ControlAnswer.Ready(string.Join("; ", HealDaemonStatusReader.Read(daemon).Reasons));

    /// <summary>Figures in Prometheus's text format, version 0.0.4.</summary>
    internal ContentHttpResult GetMetrics() => TypedResults.Text(HealMetrics.Write(daemon), MetricsText.ContentType);

    /// <summary>How the self-heal daemon is.</summary>
    internal HealDaemonStatus GetStatus() => HealDaemonStatusReader.Read(daemon);

    /// <summary>What it has searched, and what it has healed.</summary>
    internal HealCrawl[] GetHeals() => daemon.Context.GetHealCrawls();

    /// <summary>Has it search at once, and heal what it finds. Waits for the units.</summary>
    /// <response code="409">Nothing is healed, or an order is being given already.</response>
    /// <response code="422">There is no such kind of search.</response>
    internal Results<Ok<HealAnswer>, Conflict<HealAnswer>, BadRequest<ControlError>, UnprocessableEntity<ControlError>> StartHeal(
        HealOrder order)
    {
        if (order.Kind is not (HealOrder.Index or HealOrder.Full))
        {
            return TypedResults.UnprocessableEntity(
                new ControlError($"kind \"{order.Kind}\" is not {HealOrder.Index} or {HealOrder.Full}"));
        }

        if (daemon.TryStartHeal(order.Kind == HealOrder.Full) is not { } units)
        {
            return TypedResults.Conflict(
                new HealAnswer([], "an order to heal is being given already; it waits for units to answer"));
        }

        ControlLog.HealOrdered(daemon.Logger, order.Kind, units.Count(unit => unit.IsStarted));
        return units.Any(unit => unit.IsStarted)
            ? TypedResults.Ok(new HealAnswer(units, null))
            : TypedResults.Conflict(
                new HealAnswer(
                    units,
                    $"nothing is healed: {string.Join("; ", units.Select(unit => $"{AddressOf(unit.Unit)}: {unit.Status}"))}"));
    }

    private string AddressOf(string volume) =>
        daemon.Plan.Units.FirstOrDefault(unit => unit.Volume == volume) is { } unit ? $"{unit.Host}:{unit.Path}" : volume;

    /// <summary>Begins to compare the units' copies with each other, unless that is being done.</summary>
    internal CopyReport StartCheck() => daemon.StartCheck();

    /// <summary>What the last comparison of copies has found so far.</summary>
    /// <response code="404">They have not been compared yet.</response>
    internal Results<Ok<CopyReport>, NotFound<ControlError>> GetCheck() => daemon.Check is { } report
        ? TypedResults.Ok(report)
        : TypedResults.NotFound(new ControlError("copies have not been compared yet"));
}
