using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Manager.Port;

/// <summary>What nodes can ask of the manager.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="admission">Lets nodes in.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="presence">When they were heard of.</param>
/// <param name="returns">Has them told what they have missed.</param>
/// <param name="clients">Says who asks.</param>
/// <param name="pools">The pools.</param>
/// <param name="takeOver">Takes over pools that nodes had before.</param>
/// <param name="commands">What their root can ask, too.</param>
internal sealed class ManagerRoutes(
    ClusterIdentity cluster, NodeAdmission admission, NodeRegistry nodes, NodePresence presence, NodeReturns returns,
    NodeClients clients, PoolRegistry pools, PoolTakeOver takeOver, CommandRoutes commands, ILogger<ManagerRoutes> logger)
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Joining.AuthorityPath, GetAuthority);
        routes.MapPost(Joining.JoinPath, JoinAsync);
        routes.MapPost(Joining.RenewPath, RenewAsync);
        routes.MapPost(NodePaths.Report, TakeReportAsync);
        routes.MapGet(NodePaths.Definitions + "/{id:guid}", GetDefinitionAsync);
        commands.Map(routes);
    }

    /// <summary>Says why somebody may not ask for something: who has no certificate can only join.</summary>
    /// <returns>Null where they may.</returns>
    internal async Task<CommandException?> FindRefusalAsync(HttpContext context)
    {
        try
        {
            if (context.Request.Path.Value is not (Joining.AuthorityPath or Joining.JoinPath))
            {
                await RequireNodeAsync(context, context.RequestAborted);
            }

            return null;
        }
        catch (CommandException exception)
        {
            return exception;
        }
    }

    // For anybody: it is what a token has the digest of.
    private ContentHttpResult GetAuthority()
    {
        using ClusterTrust trust = cluster.Trust();
        return TypedResults.Text(trust.Export(), "application/x-pem-file");
    }

    // For who has no certificate yet, but a token.
    private Task<Results<Ok<JoinAnswer>, JsonHttpResult<ControlError>>> JoinAsync(
        JoinRequest request, CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(() => admission.JoinAsync(request, cancellation));

    private Task<Results<Ok<RenewalAnswer>, JsonHttpResult<ControlError>>> RenewAsync(
        RenewalRequest request, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        PeerIdentity node = await RequireNodeAsync(context, cancellation);
        return new RenewalAnswer(await admission.RenewAsync(node, request.Key, cancellation));
    });

    private Task<Results<Ok<ReportAnswer>, JsonHttpResult<ControlError>>> TakeReportAsync(
        NodeReport report, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        PeerIdentity node = await RequireNodeAsync(context, cancellation);
        await nodes.NoteAsync(node.Node, report, cancellation);
        presence.Note(node.Node, report);
        foreach (string pool in await takeOver.LookAsync(node.Node, report, cancellation))
        {
            ManagerLog.PoolTakenOver(logger, pool);
        }

        await returns.LookAsync(node.Node, report, cancellation);
        return new ReportAnswer(NodePresence.Interval.TotalSeconds);
    });

    // For the nodes of its units: it has the pool's password.
    private Task<Results<Ok<DefinitionAnswer>, JsonHttpResult<ControlError>>> GetDefinitionAsync(
        Guid id, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        string node = (await RequireNodeAsync(context, cancellation)).Node.ToString();
        return await pools.FindAsync(id, cancellation) is { } known && known.Nodes.Any(other => other.Id == node)
            ? new DefinitionAnswer(known.Record.Phase.ToString().ToLowerInvariant(), known.Record.Definition)
            : throw new CommandException(ExitCode.PoolRefused, "there is no such pool, or it has no unit on that node");
    });

    // Its certificate alone is worth nothing when it was removed.
    private async Task<PeerIdentity> RequireNodeAsync(HttpContext context, CancellationToken cancellation)
    {
        string? problem = "it has shown no certificate";
        PeerIdentity who = (context.Connection.ClientCertificate is { } shown ? clients.Tls.Check(shown, out problem) : null) ??
            throw new CommandException(ExitCode.PeerRefused, problem!);
        await nodes.RequireAsync(who.Node, cancellation);
        return who;
    }
}
