using System.Text.Json.Serialization.Metadata;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Agent.Port;

/// <summary>What root of this node can ask of its agent.</summary>
/// <param name="member">Which cluster the node is in.</param>
/// <param name="entry">How it comes into one.</param>
internal sealed class AgentControl(ClusterMember member, ClusterEntry entry) : IControlRoutes
{
    // A command that waits for a task asks again and again.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

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
        routes.MapGet("/v1/node", () => TypedResults.Ok(member.Describe()));
        routes.MapPost("/v1/join", JoinAsync);
        routes.MapPost("/v1/leave", LeaveAsync);
        routes.MapPost("/v1/node/manager", MoveManagerAsync);
        routes.Map(ManagerPaths.ByAgent + "/{**path}", PassOnAsync);
    }

    private Task<Results<Ok<MemberInfo>, JsonHttpResult<ControlError>>> JoinAsync(
        JoinOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        await entry.JoinAsync(order, cancellation);
        return member.Describe();
    });

    // Its manager has removed it, or is gone for good.
    private Task<Results<Ok<MemberInfo>, JsonHttpResult<ControlError>>> LeaveAsync(CancellationToken cancellation) =>
        ControlAnswer.OrRefusalAsync(async () =>
        {
            await entry.LeaveAsync(cancellation);
            return member.Describe();
        });

    // Where nodes have looked for it so far it is not any more.
    private Task<Results<Ok<MemberInfo>, JsonHttpResult<ControlError>>> MoveManagerAsync(
        ManagerOrder order, CancellationToken cancellation) => ControlAnswer.OrRefusalAsync(async () =>
    {
        await entry.MoveManagerAsync(order, cancellation);
        return member.Describe();
    });

    // As what it comes from: a node of the cluster, whose root has asked.
    private async Task PassOnAsync(HttpContext context)
    {
        try
        {
            PeerClient manager = member.Manager;
            byte[] body = await context.Request.ReadBodyAsync();
            string there = context.Request.Path.ToUriComponent()[ManagerPaths.ByAgent.Length..];
            string path = "/v1" + there + context.Request.QueryString;
            (System.Net.HttpStatusCode status, byte[] answer) = await manager.SendAsync(
                new HttpMethod(context.Request.Method), path, body.Length > 0 ? body : null, s_patience, context.RequestAborted);
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerUnreachable)
        {
            await ControlAnswer.Refusal(new CommandException(
                exception.Code,
                $"the manager does not answer: {exception.Message} (does it run there? systemctl start kadalu-manager)"))
                .ExecuteAsync(context);
        }
        catch (CommandException exception)
        {
            await ControlAnswer.Refusal(exception).ExecuteAsync(context);
        }
    }
}
