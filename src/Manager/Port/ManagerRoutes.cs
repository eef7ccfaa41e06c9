using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Manager.Port;

/// <summary>What nodes can ask of the manager.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="tls">Says who asks.</param>
public sealed class ManagerRoutes(NodeRegistry nodes, ClusterTls tls)
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Joining.AuthorityPath, GetAuthority);
        routes.MapPost(Joining.JoinPath, JoinAsync);
        routes.MapPost(Joining.RenewPath, RenewAsync);
    }

    // For anybody: it is what a token has the digest of.
    private ContentHttpResult GetAuthority()
    {
        using ClusterTrust trust = nodes.Trust();
        return TypedResults.Text(trust.Export(), "application/x-pem-file");
    }

    // For who has no certificate yet, but a token.
    private Task<Results<Ok<JoinAnswer>, JsonHttpResult<ControlError>>> JoinAsync(
        JoinRequest request, CancellationToken cancellation) => AnswerAsync(() => nodes.JoinAsync(request, cancellation));

    private Task<Results<Ok<RenewalAnswer>, JsonHttpResult<ControlError>>> RenewAsync(
        RenewalRequest request, HttpContext context, CancellationToken cancellation) => AnswerAsync(async () =>
    {
        PeerIdentity node = await RequireNodeAsync(context, cancellation);
        return new RenewalAnswer(await nodes.RenewAsync(node, request.Key, cancellation));
    });

    // Its certificate alone is worth nothing when it was removed.
    private async Task<PeerIdentity> RequireNodeAsync(HttpContext context, CancellationToken cancellation)
    {
        string? problem = "it has shown no certificate";
        PeerIdentity? who =
            context.Connection.ClientCertificate is { } shown ? tls.Check(shown, out problem) : null;
        return who is null
            ? throw new CommandException(ExitCode.PeerRefused, problem!)
            : await nodes.FindAsync(who.Node, cancellation) is null
            ? throw new CommandException(ExitCode.PeerRefused, "it was removed from the cluster")
            : who;
    }

    private static async Task<Results<Ok<T>, JsonHttpResult<ControlError>>> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return TypedResults.Ok(await answer());
        }
        catch (CommandException exception)
        {
            return TypedResults.Json(
                new ControlError(exception.Message), ControlJson.Default.ControlError,
                statusCode: exception.Code == ExitCode.PeerRefused
                    ? StatusCodes.Status403Forbidden : StatusCodes.Status500InternalServerError);
        }
    }
}
