using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Heals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What commands can ask of the manager about heals.</summary>
/// <param name="heals">Knows, by the nodes.</param>
/// <param name="scrubs">Compares copies of many files.</param>
internal sealed class HealRoutes(HealDesk heals, ScrubDesk scrubs)
{
    private const string OfPool = ManagerPaths.Heals + "/{name}";

    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(OfPool, GetStatusAsync);
        routes.MapPost(OfPool + "/crawls", CrawlAsync);
        routes.MapGet(OfPool + "/files", ListAsync);
        routes.MapPost(OfPool + "/checks", CheckAsync);
        routes.MapPost(OfPool + "/copies", CompareAsync);
        routes.MapPost(OfPool + "/pieces", ScrubAsync);
        routes.MapPost(OfPool + "/resolutions", ResolveAsync);
    }

    private Task<Results<Ok<HealStatus>, JsonHttpResult<ControlError>>> GetStatusAsync(
        string name, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => heals.GetStatusAsync(name, cancellation));

    private Task<Results<Ok<CrawlAnswer>, JsonHttpResult<ControlError>>> CrawlAsync(
        string name, CrawlOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => heals.CrawlAsync(name, order, cancellation));

    private Task<Results<Ok<HealFiles>, JsonHttpResult<ControlError>>> ListAsync(
        string name, bool? splitBrain, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => heals.ListAsync(name, splitBrain ?? false, cancellation));

    private Task<Results<Ok<CheckAnswer>, JsonHttpResult<ControlError>>> CheckAsync(
        string name, CheckOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => heals.CheckAsync(name, order, cancellation));

    private Task<Results<Ok<FileComparison>, JsonHttpResult<ControlError>>> CompareAsync(
        string name, CompareOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => heals.CompareAsync(name, order, cancellation));

    private Task<Results<Ok<ScrubAnswer>, JsonHttpResult<ControlError>>> ScrubAsync(
        string name, ScrubOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => scrubs.CompareAsync(name, order, cancellation));

    private Task<Results<Ok<ResolveAnswer>, JsonHttpResult<ControlError>>> ResolveAsync(
        string name, ResolveOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => heals.ResolveAsync(name, order, cancellation));
}
