using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What root of the manager's own node can ask of it.</summary>
/// <param name="port">Where nodes are served.</param>
/// <param name="commands">What root of any node can ask.</param>
/// <param name="notifier">Is told what the manager is from now on.</param>
/// <param name="self">Says so.</param>
internal sealed class ManagerControl(
    ManagerPort port, CommandRoutes commands, ServiceNotifier notifier, IDaemon self) : IControlRoutes
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
        commands.Map(routes);
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
}
