using System.Text;
using System.Text.Json;
using KadaluFsd.Agent.Checks;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Agent.Steps;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace KadaluFsd.Agent.Port;

/// <summary>What the manager can ask of an agent, and for definitions other nodes.</summary>
/// <param name="member">Says who asks.</param>
/// <param name="state">What the node can say of its pools.</param>
/// <param name="reports">Tells the manager what a step has changed.</param>
/// <param name="questions">Has questions answered.</param>
/// <param name="files">Where it is kept which certificates of other nodes are good.</param>
/// <param name="checks">Checks the node.</param>
internal sealed class AgentRoutes(
    ClusterMember member, NodeState state, ManagerReports reports, QuestionDesk questions, NodeFiles files, NodeChecks checks)
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Where.</param>
    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(NodePaths.Steps, RunStepAsync);
        routes.MapPost(NodeQuestion.Route, AnswerAsync);
        routes.MapGet(NodePaths.Checks, CheckAsync);
        routes.MapPost(NodePaths.Reach, FindAsync);
        routes.MapGet(NodePaths.Here, () => TypedResults.NoContent());
        routes.MapGet(NodePaths.Ports, GetPorts);
        routes.MapGet(NodePaths.Status + "/{pool}", GetStatusAsync);
        routes.MapGet(NodePaths.Definitions + "/{id:guid}", GetDefinition);
    }

    /// <summary>Says why somebody may not ask for something.</summary>
    /// <returns>Null where they may.</returns>
    internal Task<CommandException?> FindRefusalAsync(HttpContext context)
    {
        PeerIdentity? who = FindPeer(context, out string? problem);
        string? refusal = who is null ? problem
            : who.Role == ClusterRole.Manager || context.Request.Path == NodePaths.Here ||
              context.Request.Path.StartsWithSegments(NodePaths.Definitions, StringComparison.Ordinal)
                ? FindProblem(who, context)
                : $"the node {who.Node} is not the manager: only that one can have a node do something";
        return Task.FromResult(refusal is null ? null : new CommandException(ExitCode.PeerRefused, refusal));
    }

    // That a node was removed, or has another certificate by now, the manager has said when this node has reported last.
    private string? FindProblem(PeerIdentity who, HttpContext context) => who.Role == ClusterRole.Manager ? null
        : NodePlaces.Read(files.ClusterNodes).FindProblem(who.Node, context.Connection.ClientCertificate!);

    private PeerIdentity? FindPeer(HttpContext context, out string? problem)
    {
        problem = "it has shown no certificate";
        return context.Connection.ClientCertificate is { } shown ? member.Tls.Check(shown, out problem) : null;
    }

    // For any node of the pool.
    private Task<Results<Ok<DefinitionAnswer>, JsonHttpResult<ControlError>>> GetDefinition(Guid id, HttpContext context) =>
        ControlAnswer.OrRefusalAsync(() => Task.FromResult(state.GetDefinition(
            id, FindPeer(context, out string? problem) ?? throw new CommandException(ExitCode.PeerRefused, problem!))));

    private Task<Results<Ok<NodeCheckup>, JsonHttpResult<ControlError>>> CheckAsync(CancellationToken gone) =>
        ControlAnswer.OrRefusalAsync(() => checks.CheckAsync(gone));

    private Task<Results<Ok<ReachAnswer>, JsonHttpResult<ControlError>>> FindAsync(
        ReachQuestion question, CancellationToken gone) =>
        ControlAnswer.OrRefusalAsync(() => checks.FindAsync(question, gone));

    // Goes on to its end also when nobody reads the lines any more.
    private async Task RunStepAsync(HttpContext context)
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
        reports.Hurry();
    }

    private Task<Results<Ok<JsonElement>, JsonHttpResult<ControlError>>> AnswerAsync(
        HttpContext context, CancellationToken gone)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = NodeQuestion.MaxBytes;
        }

        return ControlAnswer.OrRefusalAsync(async () =>
            await questions.AnswerAsync(await context.Request.ReadBodyAsync(), gone));
    }

    private Task<Results<Ok<PortReport>, JsonHttpResult<ControlError>>> GetPorts() =>
        ControlAnswer.OrRefusalAsync(() => Task.FromResult(state.ListPorts()));

    private Task<Results<Ok<JsonElement>, JsonHttpResult<ControlError>>> GetStatusAsync(string pool) =>
        ControlAnswer.OrRefusalAsync(() => state.GetStatusAsync(pool));
}
