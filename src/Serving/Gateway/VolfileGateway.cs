using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Serving.Gateway;

/// <summary>
/// Serves the volfiles of every pool of a node to clients that have glusterd's port built in, such as NFS-Ganesha. Needs no
/// running unit, and no GlusterFS in its process: only the directory with the volfiles.
/// </summary>
public static class VolfileGateway
{
    /// <summary>Runs the gateway until it is told to stop.</summary>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start, or its event loop has failed.</exception>
    public static HostedProcess Create(GivenOptions given) => new(given, parts => parts
        .AddServing(given)
        .AddSingleton<IVolfileSource, GatewaySource>()
        .AddSingleton<IDaemon, GatewayDaemon>()
        .AddSingleton<ILivenessCheck, LoopCheck>()
        .AddPart<GatewayPorts>()
        .AddPart<GatewayOutput>()
        .AddPart<HostedEventLoop>()
        .AddPart<AccessLog>()
        .AddPart<VolfileServer>()
        .AddPart<ConnectionRouter>()
        .AddPart<Readiness>()
        .AddPart<Watchdog>()
        .AddPart<RequestHandling>());
}
