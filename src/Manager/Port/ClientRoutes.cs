using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Clients;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What commands can ask of the manager for clients of pools.</summary>
/// <param name="clients">Knows, by the nodes.</param>
/// <param name="exports">Tells file servers of nodes.</param>
internal sealed class ClientRoutes(ClientDesk clients, ExportDesk exports)
{
    private const string OfPool = ManagerPaths.Pools + "/{name}";

    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(OfPool + "/connect", GetAccessAsync);
        routes.MapPost(OfPool + "/volfile", BuildAsync);
        routes.MapPost(OfPool + "/nfs", ExportAsync);
        routes.MapPost(OfPool + "/smb", ShareAsync);
    }

    private Task<Results<Ok<PoolAccess>, JsonHttpResult<ControlError>>> GetAccessAsync(
        string name, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => clients.GetAccessAsync(name, cancellation));

    private Task<Results<Ok<VolfileAnswer>, JsonHttpResult<ControlError>>> BuildAsync(
        string name, VolfileOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => clients.BuildAsync(name, order, cancellation));

    private Task<Results<Ok<ExportDone>, JsonHttpResult<ControlError>>> ExportAsync(
        string name, NfsExportOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => exports.ExportAsync(name, order, cancellation));

    private Task<Results<Ok<ExportDone>, JsonHttpResult<ControlError>>> ShareAsync(
        string name, SmbShareOrder order, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => exports.ShareAsync(name, order, cancellation));
}
