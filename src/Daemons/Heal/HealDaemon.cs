using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Serving.Events;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// A pool's self-heal daemon on this node: a client of all units of the pool, which heals what it finds on the units of this
/// node.
/// </summary>
public static class HealDaemon
{
    /// <summary>Runs the daemon until it is told to stop.</summary>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start, or its event loop has failed.</exception>
    public static HostedProcess Create(GivenOptions given) => new(given, parts => parts
        .AddGraph(given)
        .AddAs<GraphPreparation, HealPreparation>()
        .AddSingleton<RunningHealDaemon>()
        .AddSingleton<IControlRoutes, HealControl>()
        .AddSingleton<IDaemon, HealSelf>()
        .AddSingleton<ILivenessCheck, LoopCheck>()
        .AddPart<HealPreparation>()
        .AddPart<HealClaim>()
        .AddPart<GraphOutput>()
        .AddPart<ControlSockets>() // What keeps the next daemon waiting: there before the graph, and until all else is done.
        .AddPart<HostedEventLoop>()
        .AddPart<RunHistory>()
        .AddPart<HealGraph>()
        .AddPart<Readiness>()
        .AddPart<HealReview>()
        .AddPart<Watchdog>()
        .AddPart<RequestHandling>());
}
