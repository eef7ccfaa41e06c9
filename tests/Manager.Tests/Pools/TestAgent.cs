using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using KadaluFsd.Cluster.Identity;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Volgen.Pools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KadaluFsd.Manager.Tests.Pools;

/// <summary>A node that can be asked for the definition of its only pool, how it is, and perhaps other questions.</summary>
internal sealed class TestAgent(ManagerKnowledge manager, PeerServer server, Guid node, string name, int port) : IAsyncDisposable
{
    internal Guid Node => node;

    internal required Pool Pool { get; set; }

    /// <summary>How long it takes to say what its pool is.</summary>
    internal TimeSpan Pause { get; set; }

    /// <summary>What it finds out about itself.</summary>
    internal NodeFinding[] Findings { get; set; } = [];

    /// <summary>What its clock says; null for the right time.</summary>
    internal DateTimeOffset? Time { get; set; }

    /// <summary>Answers questions; null where they are refused.</summary>
    internal Func<NodeQuestion, CancellationToken, Task<JsonElement>>? Answer { get; set; }

    /// <summary>Where names lead from there.</summary>
    internal Func<ReachQuestion, ReachAnswer> Reach { get; set; } = _ => new ReachAnswer(["127.0.0.1"], null);

    internal static async Task<TestAgent> StartAsync(
        ManagerKnowledge manager, string name, Pool pool, Func<NodeQuestion, ControlError>? refuse = null,
        Func<HttpContext, Task>? step = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256).CreateSigningRequest();
        JoinToken token = await manager.Get<NodeAdmission>().CreateTokenAsync(24010, TimeSpan.FromHours(1), null, default);
        var id = Guid.NewGuid();
        JoinAnswer answer = await manager.Get<NodeAdmission>().JoinAsync(
            new JoinRequest(token.Secret.ToArray(), id, name, port, request, DateTimeOffset.UtcNow, "0.1.0"), null, default);
        var tls = new ClusterTls(
            NodeKey.Join(answer.Certificate, key.ExportPkcs8PrivateKeyPem()), ClusterTrust.Read(answer.Authority),
            TimeProvider.System);
        TestAgent? made = null;
        PeerServer server = await PeerServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, port), () => tls.ForServer(), NodeJson.Default,
            routes =>
            {
                routes.MapGet(NodePaths.Definitions + "/{id:guid}", async (HttpContext context) =>
                {
                    await Task.Delay(made!.Pause, context.RequestAborted);
                    await context.Response.WriteAsync(JsonSerializer.Serialize(
                        new DefinitionAnswer("started", PoolText.Write(made.Pool)), NodeJson.Default.DefinitionAnswer));
                });
                routes.MapGet(NodePaths.Ports, (HttpContext context) => context.Response.WriteAsync(
                    JsonSerializer.Serialize(new PortReport([], 32768, 60999), NodeJson.Default.PortReport)));
                routes.MapGet(NodePaths.Here, () => TypedResults.NoContent());
                routes.MapPost(NodePaths.Reach, async (HttpContext context) =>
                {
                    byte[] question = await context.Request.ReadBodyAsync();
                    await context.Response.WriteAsync(JsonSerializer.Serialize(
                        made!.Reach(JsonSerializer.Deserialize(question, NodeJson.Default.ReachQuestion)!),
                        NodeJson.Default.ReachAnswer));
                });
                routes.MapPost(NodePaths.Steps, (HttpContext context) => step!(context));
                routes.MapPost(NodeQuestion.Route, async (HttpContext context) =>
                {
                    var question = NodeQuestion.Read(await context.Request.ReadBodyAsync());
                    if (made!.Answer is { } answer)
                    {
                        await context.Response.WriteAsync((await answer(question, context.RequestAborted)).GetRawText());
                        return;
                    }

                    ControlError refusal = refuse!(question);
                    context.Response.StatusCode = StatusCodes.Status409Conflict;
                    await context.Response.WriteAsync(JsonSerializer.Serialize(refusal, ControlJson.Default.ControlError));
                });
                routes.MapGet(NodePaths.Checks, (HttpContext context) => context.Response.WriteAsync(JsonSerializer.Serialize(
                    new NodeCheckup(made!.Time ?? DateTimeOffset.UtcNow, ProgramVersion.Text, "10.3", made.Findings),
                    NodeJson.Default.NodeCheckup)));
            },
            _ => Task.FromResult<CommandException?>(null), NullLoggerFactory.Instance);
        made = new TestAgent(manager, server, id, name, port)
        {
            Pool = pool.SelectUnits(unit => unit with { Node = new PoolNode(name, id.ToString()) }),
        };
        return made;
    }

    /// <summary>Reports, as its agent would.</summary>
    /// <returns>Pools that were taken over.</returns>
    internal Task<string[]> ReportAsync(params PoolReport[] pools)
    {
        var report = new NodeReport(Guid.NewGuid(), name, port, "0.1.0", DateTimeOffset.UtcNow, pools);
        manager.Get<NodePresence>().Note(node, report);
        return manager.Get<PoolTakeOver>().LookAsync(node, report, default);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
