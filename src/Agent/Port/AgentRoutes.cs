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

/// <summary>What the manager can ask of an agent, and for definitions other nodes.</summary>
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
        routes.MapGet(NodePaths.Definitions + "/{id:guid}", GetDefinition);
    }

    private string? FindRefusal(HttpContext context)
    {
        PeerIdentity? who = FindPeer(context, out string? problem);
        return who is null ? problem
            : who.Role == ClusterRole.Manager ? null
            : $"the node {who.Node} is not the manager: only that one can have a node do something";
    }

    private PeerIdentity? FindPeer(HttpContext context, out string? problem)
    {
        problem = "it has shown no certificate";
        return context.Connection.ClientCertificate is { } shown ? member.Tls.Check(shown, out problem) : null;
    }

    // For any node of the pool: that its manager has removed it another node does not know, and no pool has units on it then.
    private Task<Results<Ok<DefinitionAnswer>, JsonHttpResult<ControlError>>> GetDefinition(Guid id, HttpContext context) =>
        ControlAnswer.OrRefusalAsync(() => Task.FromResult(state.GetDefinition(
            id, (FindPeer(context, out string? problem) ?? throw new CommandException(ExitCode.PeerRefused, problem!)).Node)));

    // Goes on to its end also when nobody reads the lines any more.
    private static async Task RunStepAsync(HttpContext context)
    {
        byte[] step = await context.Request.ReadBodyAsync();
        context.Response.ContentType = "application/x-ndjson";
        using var one = new SemaphoreSlim(1, 1);
        async Task WriteAsync(string line)
        {
            await one.WaitAsync();
            try
            {
                await context.Response.WriteAsync(line + "\n", Encoding.UTF8, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // Who has sent it sends it again.
            }
            finally
            {
                one.Release();
            }
        }

        Task running = StepProcess.RunAsync(step, WriteAsync);
        while (await Task.WhenAny(running, Task.Delay(NodePaths.StepPulse)) != running)
        {
            await WriteAsync("");
        }

        await running;
    }

    private Task<Results<Ok<PortReport>, JsonHttpResult<ControlError>>> GetPorts() =>
        ControlAnswer.OrRefusalAsync(() => Task.FromResult(state.ListPorts()));

    private Task<Results<Ok<JsonElement>, JsonHttpResult<ControlError>>> GetStatusAsync(string pool) =>
        ControlAnswer.OrRefusalAsync(() => state.GetStatusAsync(pool));
}
