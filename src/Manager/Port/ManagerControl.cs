using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What root of the manager's own node can ask of it.</summary>
/// <param name="port">Where nodes are served.</param>
/// <param name="commands">What root of any node can ask.</param>
/// <param name="own">Whether its node is of its cluster still.</param>
/// <param name="store">What the manager knows.</param>
/// <param name="files">Where it is.</param>
/// <param name="notifier">Is told what the manager is from now on.</param>
/// <param name="self">Says so.</param>
internal sealed class ManagerControl(
    ManagerPort port, CommandRoutes commands, OwnNode own, IStateStore store, NodeFiles files, ServiceNotifier notifier,
    IDaemon self)
    : IControlRoutes
{
    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public IJsonTypeInfoResolver? Json => CommandJson.Default;

    /// <inheritdoc/>
    public Stream? OpenDescription() => null;

    /// <inheritdoc/>
    public void MapPublic(IEndpointRouteBuilder routes)
    {
        // Nothing is for anybody.
    }

    /// <inheritdoc/>
    public void MapPrivate(IEndpointRouteBuilder routes)
    {
        routes.MapPost(ManagerPaths.Cluster, CreateAsync);
        RouteGroupBuilder others = routes.MapGroup("");
        others.AddEndpointFilter(async (context, next) =>
            await own.FindProblemAsync(context.HttpContext.RequestAborted) is { } problem
                ? ControlAnswer.Refusal(problem) : await next(context));
        others.MapGet(ManagerPaths.Backup, BackUpAsync);
        commands.Map(others);
    }

    private async Task<Results<Ok<ClusterInfo>, JsonHttpResult<ControlError>>> CreateAsync(
        ClusterOrder order, CancellationToken cancellation)
    {
        try
        {
            await port.CreateClusterAsync(order.Host, cancellation);
            notifier.Status(self.Status);
        }
        catch (CommandException exception)
        {
            return ControlAnswer.Refusal(exception);
        }

        return await commands.GetClusterAsync(cancellation);
    }

    private async Task BackUpAsync(HttpContext context)
    {
        try
        {
            await using FileStream copy = await CopyAsync(context.RequestAborted);
            context.Response.ContentType = "application/vnd.sqlite3";
            context.Response.ContentLength = copy.Length;
            await copy.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (CommandException exception)
        {
            await ControlAnswer.Refusal(exception).ExecuteAsync(context);
        }
    }

    // Nobody else finds it, and it is gone when it is closed.
    private async Task<FileStream> CopyAsync(CancellationToken cancellation)
    {
        string path = $"{files.ManagerState}.{Guid.NewGuid():N}";
        await store.BackUpAsync(path, cancellation);
        FileStream? copy = null;
        SystemRefusal.Guard(path, () =>
        {
            copy = File.OpenRead(path);
            File.Delete(path);
        });
        return copy!;
    }
}
