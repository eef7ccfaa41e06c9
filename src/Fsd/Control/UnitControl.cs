using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Unit;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;
using Microsoft.AspNetCore.Http;

namespace KadaluFsd.Fsd.Control;

/// <summary>What can be asked of a running unit, and how it is answered.</summary>
/// <param name="options">What the unit was told.</param>
/// <param name="plan">What it runs.</param>
/// <param name="context">Its graph.</param>
/// <param name="glusterFsVersion">The version of the translators.</param>
/// <param name="loop">Its event loop.</param>
/// <param name="targets">Knows whether the graph is down.</param>
/// <param name="volfiles">Its volfiles and their clients.</param>
/// <param name="reload">Reads everything again.</param>
internal sealed class UnitControl(
    DaemonOptions options, UnitPlan plan, GlusterContext context, string glusterFsVersion, EventLoop loop, UnitTargets targets,
    VolfileServer volfiles, UnitReload reload)
{
    private static readonly TimeSpan s_answersWithin = TimeSpan.FromSeconds(2);

    private readonly long _start = Environment.TickCount64;

    /// <summary>The routes.</summary>
    /// <returns>All of them.</returns>
    internal IReadOnlyList<ControlRoute> CreateRoutes()
    {
        var metrics = new UnitMetrics(Status, volfiles.Counters);
        return
        [
            new("GET", "/livez", (request, _) => AnswerLiveAsync(request)),
            new("GET", "/readyz", (request, _) => AnswerReadyAsync(request)),
            new("GET", "/metrics", (request, _) => request.AnswerAsync(StatusCodes.Status200OK, UnitMetrics.ContentType, metrics.Write())),
            ControlRoute.Json("GET", "/v1/status", Status, ControlJson.Default.UnitStatus),
            ControlRoute.Json("GET", "/v1/clients", Clients, ControlJson.Default.ConnectedClientArray),
            ControlRoute.Json("GET", "/v1/volfiles", Served, ControlJson.Default.ServedVolfileArray),
            new("GET", "/v1/volfiles/*", AnswerVolfileAsync),
            ControlRoute.Json("POST", "/v1/reload", reload.Run, ControlJson.Default.ReloadResult),
        ];
    }

    private UnitStatus Status()
    {
        string[] reasons = targets.IsGraphDown ? ["the graph cannot serve: its log says why, mostly the disk failed"] : [];
        return new UnitStatus(
            reasons.Length == 0 ? "ready" : "failed", reasons, plan.Identity.Directory, plan.Identity.VolumeId, options.Volfile, options.Port, options.PoolPort,
            Environment.ProcessId, ProgramVersion.Text, glusterFsVersion, (Environment.TickCount64 - _start) / 1000.0, context.OperationsInProgress,
            volfiles.Connections.Count, Environment.WorkingSet, FileSystemFigures.Of(plan.Identity.Directory));
    }

    private ConnectedClient[] Clients() =>
    [
        .. volfiles.Connections.Open(_ => true).Select(connection => (VolfilePeer)connection.Peer).Select(peer => new ConnectedClient(
            peer.Address, peer.ConnectedAt,
            [.. peer.Held.Select(held => new ClientVolfile(held.Key, held.Hash, volfiles.Store.Find(held.Key)?.Hash == held.Hash))])),
    ];

    private ServedVolfile[] Served()
    {
        ILookup<string, ClientVolfile> held = Clients().SelectMany(client => client.Volfiles).ToLookup(volfile => volfile.Key);
        return
        [
            .. volfiles.Store.Current.Values.OrderBy(volfile => volfile.Key, StringComparer.Ordinal).Select(volfile => new ServedVolfile(
                volfile.Key, volfile.Length, volfile.Hash, held[volfile.Key].Count(client => client.IsCurrent), held[volfile.Key].Count(client => !client.IsCurrent))),
        ];
    }

    private Task AnswerVolfileAsync(HttpContext request, string name) =>
        VolfileKey.TryNormalise(name, out string key) && volfiles.Store.Find(key) is { } volfile
            ? request.AnswerAsync(StatusCodes.Status200OK, volfile.Text)
            : request.RefuseAsync(StatusCodes.Status404NotFound, $"there is no volfile \"{name}\"");

    private Task AnswerLiveAsync(HttpContext request) => loop.Answers(s_answersWithin)
        ? request.AnswerAsync(StatusCodes.Status200OK, "ok\n")
        : request.RefuseAsync(StatusCodes.Status503ServiceUnavailable, "the event loop does not move");

    private Task AnswerReadyAsync(HttpContext request) => Status() is { Reasons: [_, ..] reasons }
        ? request.RefuseAsync(StatusCodes.Status503ServiceUnavailable, string.Join("; ", reasons))
        : request.AnswerAsync(StatusCodes.Status200OK, "ok\n");
}
