using KadaluFsd.Agent.Checks;
using KadaluFsd.Agent.Disks;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Agent.Port;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Pools;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Agent;

/// <summary>A node's agent: what its cluster has it do, and what its root asks of the cluster. It needs no GlusterFS in its process.</summary>
public static class NodeAgent
{
    /// <summary>Runs the agent until it is told to stop.</summary>
    /// <returns>How it ended, once it has.</returns>
    /// <exception cref="CommandException">It cannot start.</exception>
    public static HostedProcess Create(GivenOptions given)
    {
        ArgumentNullException.ThrowIfNull(given);
        var paths = PoolPaths.OfEnvironment();
        return new HostedProcess(given, parts => parts
            .AddSingleton(AgentOptions.Of(given))
            .AddSingleton(new ControlOptions { Control = given["control"] ?? UsualPlaces.AgentSocket })
            .AddSingleton(paths.Node)
            .AddSingleton(new PoolStore(paths))
            .AddSingleton(new NodeServices(paths))
            .AddSingleton(TimeProvider.System)
            .AddSingleton<NodeState>()
            .AddSingleton(new DirectoryReader(DirectoryFacts.Read))
            .AddSingleton<NodeDisks>()
            .AddSingleton<HealReader>()
            .AddSingleton<ExportReader>()
            .AddSingleton<QuestionDesk>()
            .AddSingleton<NodeChecks>()
            .AddSingleton<AgentRoutes>()
            .AddSingleton<ClusterEntry>()
            .AddSingleton<IControlRoutes, AgentControl>()
            .AddSingleton<IDaemon, AgentSelf>()
            .AddSingleton<ILivenessCheck, PoolThreadsCheck>()
            .AddPart<ClusterMember>()
            .AddPart<AgentClaim>()
            .AddPart<AgentOutput>()
            .AddPart<AgentPort>()
            .AddPart<ControlSockets>() // After the port: who finds the agent here can have the manager ask it.
            .AddPart<ManagerReports>()
            .AddPart<JoinTokenFile>()
            .AddPart<Readiness>()
            .AddPart<Watchdog>()
            .AddPart<RequestHandling>());
    }
}
