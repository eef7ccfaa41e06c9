using System.Net;
using System.Security.Cryptography.X509Certificates;
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
/// <param name="older">Sees that they know more than this manager.</param>
/// <param name="drains">Notes which of their units were drained.</param>
/// <param name="commands">What their root can ask, too.</param>
internal sealed class ManagerRoutes(
    ClusterIdentity cluster, NodeAdmission admission, NodeRegistry nodes, NodePresence presence, NodeReturns returns,
    NodeClients clients, PoolRegistry pools, PoolTakeOver takeOver, OlderState older, DrainNotes drains, CommandRoutes commands,
    ILogger<ManagerRoutes> logger)
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Joining.AuthorityPath, GetAuthority);
        routes.MapPost(Joining.JoinPath, JoinAsync);
        routes.MapPost(Joining.RenewPath, RenewAsync);
        routes.MapPost(NodePaths.Report, TakeReportAsync);
        routes.MapPost(NodePaths.Leave, Leave);
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
                context.Features.Set(await RequireNodeAsync(context));
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
        JoinRequest request, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        PeerIdentity? already = null;
        try
        {
            already = await RequireNodeAsync(context);
        }
        catch (CommandException)
        {
            // It is none.
        }

        return await admission.JoinAsync(request, already, cancellation);
    });

    private Task<Results<Ok<RenewalAnswer>, JsonHttpResult<ControlError>>> RenewAsync(
        RenewalRequest request, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
            new RenewalAnswer(await admission.RenewAsync(
                NodeOf(context), context.Connection.ClientCertificate!, request.Key, cancellation)));

    // It may join again at once.
    private Ok<ReportAnswer> Leave(HttpContext context)
    {
        presence.Forget(NodeOf(context).Node);
        return TypedResults.Ok(new ReportAnswer(0));
    }

    private Task<Results<Ok<ReportAnswer>, JsonHttpResult<ControlError>>> TakeReportAsync(
        NodeReport report, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        PeerIdentity node = NodeOf(context);

        // Of what is in a list its type promises nothing.
        if (report.Pools.Any(pool => pool is null) || report.Disks?.Any(disk => disk is null) == true)
        {
            throw new CommandException(ExitCode.Usage, "a list in the report has nothing in one of its places");
        }

        if (NodeClaims.FindProblem(report.Name, report.Port, report.Version) is { } problem)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }

        await nodes.NoteAsync(node.Node, report, cancellation);
        presence.Note(node.Node, report, Describe(context.Connection.RemoteIpAddress));
        (long? known, string[] later) = await older.LookAsync(node.Node, report, cancellation);
        if (known is { } last)
        {
            ManagerLog.StateIsOlder(logger, last, report.Name, report.Generation);
        }

        foreach (string pool in later)
        {
            ManagerLog.PoolIsOlder(logger, report.Name, pool);
        }

        await drains.LookAsync(node.Node, report, cancellation);
        foreach (string pool in await takeOver.LookAsync(node.Node, report, cancellation))
        {
            ManagerLog.PoolTakenOver(logger, pool);
        }

        await returns.LookAsync(node.Node, report, cancellation);
        NodePlace[] places =
        [
            .. (await nodes.ListAsync(cancellation))
                .Select(each => new NodePlace(each.Id, each.Name, each.Port, each.Address, each.Certificates)),
        ];
        return new ReportAnswer(NodePresence.Interval.TotalSeconds, places, cluster.Host);
    });

    // An address of IPv4 on a socket of IPv6 has a longer name.
    private static string? Describe(IPAddress? address) =>
        (address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address)?.ToString();

    // For the nodes of its units: it has the pool's password.
    private Task<Results<Ok<DefinitionAnswer>, JsonHttpResult<ControlError>>> GetDefinitionAsync(
        Guid id, HttpContext context, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        string node = NodeOf(context).Node.ToString();
        KnownPool? found = await pools.FindAsync(id, cancellation);
        return found is { Record.IsOlder: false } known && known.Nodes.Any(other => other.Id == node)
            ? new DefinitionAnswer(
                known.Record.Phase.ToString().ToLowerInvariant(), known.Record.Definition, known.Record.Last ?? 0)
            : throw new CommandException(ExitCode.PoolRefused, "there is no such pool, or it has no unit on that node");
    });

    // Before anything was read it was found out.
    private static PeerIdentity NodeOf(HttpContext context) => context.Features.Get<PeerIdentity>()!;

    // Its certificate alone is worth nothing when it was removed, or has got another one.
    private async Task<PeerIdentity> RequireNodeAsync(HttpContext context)
    {
        X509Certificate2? shown = context.Connection.ClientCertificate;
        string? problem = "it has shown no certificate";
        PeerIdentity who = (shown is null ? null : clients.Tls.Check(shown, out problem)) ??
            throw new CommandException(ExitCode.PeerRefused, problem!);
        if (who.Role != ClusterRole.Node)
        {
            throw new CommandException(ExitCode.PeerRefused, "it is a manager, and no node");
        }

        await nodes.RequireAsync(who.Node, shown!, context.RequestAborted);
        return who;
    }
}
