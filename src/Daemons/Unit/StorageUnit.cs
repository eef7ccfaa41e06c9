using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Access;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Daemons.Unit;

/// <summary>One storage unit: a directory, a graph over it, a port.</summary>
public static class StorageUnit
{
    /// <summary>
    /// A unit that does not run yet. Up to <see cref="UnitSetup"/> a failure of its start leaves nothing changed on its disk.
    /// </summary>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start, or a part has failed that it needs.</exception>
    public static HostedProcess Create(GivenOptions given) => new(given, parts => parts
        .AddGraph(given)
        .AddSingleton(UnitOptions.Of(given))
        .AddSingleton(HealthOptions.Of(given))
        .AddAs<GraphPreparation, UnitPreparation>()
        .AddAs<IVolfileSource, UnitPreparation>()
        .AddAs<IReloadable, VolfileServer>()
        .AddAs<IGraphSide, UnitGraphSide>()
        .AddSingleton<DirectoryProbe>()
        .AddSingleton<HealthMonitor>()
        .AddSingleton<UnitDrain>()
        .AddSingleton<RunningUnit>()
        .AddSingleton<IControlRoutes, UnitControl>()
        .AddSingleton<IDaemon, UnitSelf>()
        .AddSingleton<ILivenessCheck, UnitCheck>()

        // What it is going to be, and that no other process is it.
        .AddPart<UnitPreparation>()
        .AddPart<UnitClaim>()
        .AddPart<GraphOutput>()
        .AddPart<UnitSetup>()

        // What serves. Clients that connect before it is ready are served as far as the graph has come.
        .AddPart<HostedEventLoop>()
        .AddPart<AccessLog>()
        .AddPart<RunHistory>()
        .AddPart<UnitGraph>()
        .AddPart<VolfileServer>()
        .AddPart<UnitGraphSide>()
        .AddPart<ConnectionRouter>()
        .AddPart<ControlSockets>()
        .AddPart<GraphProof>()
        .AddPart<Readiness>()

        // What watches over it.
        .AddPart<UnitRecordKeeping>()
        .AddPart<UnitHealthWatch>()
        .AddPart<SlowOperations>()
        .AddPart<Watchdog>()
        .AddPart<RequestHandling>());
}
