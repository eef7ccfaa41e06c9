using System.Text;
using System.Text.Json;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Agent.Steps;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Agent.Port;

/// <summary>What the manager can ask of an agent; nobody else.</summary>
/// <param name="member">Says who asks.</param>
/// <param name="state">What the node can say of its pools.</param>
internal sealed class AgentRoutes(ClusterMember member, NodeState state)
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder all = routes.MapGroup("");
        all.AddEndpointFilter(async (context, next) => FindRefusal(context.HttpContext) is { } refusal
            ? ControlAnswer.Refusal(new CommandException(ExitCode.PeerRefused, refusal)) : await next(context));
        all.MapPost(NodePaths.Steps, RunStepAsync);
        all.MapGet(NodePaths.Ports, GetPorts);
        all.MapGet(NodePaths.Status + "/{pool}", GetStatusAsync);
    }

    private string? FindRefusal(HttpContext context)
    {
        string? problem = "it has shown no certificate";
        PeerIdentity? who =
            context.Connection.ClientCertificate is { } shown ? member.Tls.Check(shown, out problem) : null;
        return who is null ? problem
            : who.Role == ClusterRole.Manager ? null
            : $"the node {who.Node} is not the manager: only that one can have a node do something";
    }

    // Goes on to its end also when nobody reads the lines any more.
    private static async Task RunStepAsync(HttpContext context)
    {
        byte[] step = await context.Request.ReadBodyAsync();
        context.Response.ContentType = "application/x-ndjson";
        await StepProcess.RunAsync(step, async line =>
        {
            try
            {
                await context.Response.WriteAsync(line + "\n", Encoding.UTF8, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // Who has sent it sends it again.
            }
        });
    }

    private Task<Results<Ok<PortReport>, JsonHttpResult<ControlError>>> GetPorts() =>
        ControlAnswer.OrRefusalAsync(() => Task.FromResult(state.ListPorts()));

    private Task<Results<Ok<JsonElement>, JsonHttpResult<ControlError>>> GetStatusAsync(string pool) =>
        ControlAnswer.OrRefusalAsync(() => state.GetStatusAsync(pool));
}
