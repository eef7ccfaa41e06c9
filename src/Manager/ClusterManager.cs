using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Manager.Clients;
using KadaluFsd.Manager.Doctor;
using KadaluFsd.Manager.Heals;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Port;
using KadaluFsd.Manager.Questions;
using KadaluFsd.Manager.State;
using KadaluFsd.Manager.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Manager;

/// <summary>The manager of a cluster: knows its nodes and pools, and has nodes do what people order.</summary>
public static class ClusterManager
{
    /// <summary>Runs the manager until it is told to stop.</summary>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start.</exception>
    public static HostedProcess Create(GivenOptions given)
    {
        ArgumentNullException.ThrowIfNull(given);
        return new HostedProcess(given, parts => AddKnowledge(parts, ManagerOptions.Of(given), NodeFiles.OfEnvironment)
            .AddSingleton(new ControlOptions { Control = given["control"] ?? UsualPlaces.ManagerSocket })
            .AddSingleton<IControlRoutes, ManagerControl>()
            .AddSingleton<IDaemon, ManagerSelf>()
            .AddSingleton<ILivenessCheck, PoolThreadsCheck>()
            .AddPart<ManagerOutput>()
            .AddPart<ManagerState>()
            .AddPart<ManagerPort>()
            .AddPart<ControlSockets>()
            .AddPart<Readiness>()
            .AddPart<Watchdog>()
            .AddPart<RequestHandling>());
    }

    /// <summary>Adds what the manager knows and can do, apart from the process that it is.</summary>
    internal static IServiceCollection AddKnowledge(IServiceCollection parts, ManagerOptions options, NodeFiles files) => parts
        .AddSingleton(options)
        .AddSingleton(files)
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IStateStore>(_ => SqliteStore.Open(files.ManagerState))
        .AddSingleton<TaskNumbers>()
        .AddSingleton<ClusterIdentity>()
        .AddSingleton<NodeRegistry>()
        .AddSingleton<NameReservations>()
        .AddSingleton<OwnNode>()
        .AddSingleton<NodePresence>()
        .AddSingleton<NodeClients>()
        .AddSingleton<NameReach>()
        .AddSingleton<NodeAdmission>()
        .AddSingleton<PoolRegistry>()
        .AddSingleton<NodeRemoval>()
        .AddSingleton<NodeNames>()
        .AddSingleton<ReturningPool>()
        .AddSingleton<PoolPlanner>()
        .AddSingleton<PoolViews>()
        .AddSingleton<PoolTakeOver>()
        .AddSingleton<OlderState>()
        .AddSingleton<DrainNotes>()
        .AddSingleton<TaskBook>()
        .AddSingleton<StepSender>()
        .AddSingleton<TaskEngine>()
        .AddSingleton<TaskOrders>()
        .AddSingleton<TaskPlans>()
        .AddSingleton<TaskViews>()
        .AddSingleton<NodeReturns>()
        .AddSingleton<PoolQuestions>()
        .AddSingleton<HealDesk>()
        .AddSingleton<ScrubDesk>()
        .AddSingleton<HealRoutes>()
        .AddSingleton<ClientDesk>()
        .AddSingleton<ExportDesk>()
        .AddSingleton<ClientRoutes>()
        .AddSingleton<ClusterDoctor>()
        .AddSingleton<DoctorRoutes>()
        .AddSingleton<TaskRoutes>()
        .AddSingleton<CommandRoutes>()
        .AddSingleton<ManagerRoutes>();
}
