using KadaluFsd.Control;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Native;
using KadaluFsd.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Services of every process that hosts a graph, beside its parts.</summary>
internal static class GraphParts
{
    /// <summary>Adds it, with its options.</summary>
    /// <param name="parts">The list of what the process is made of.</param>
    internal static IServiceCollection AddGraph(this IServiceCollection parts, GivenOptions given) => parts
        .AddServing(given)
        .AddSingleton(GraphProcessOptions.Of(given))
        .AddSingleton(ControlOptions.Of(given))
        .AddSingleton<GlusterContext>()
        .AddSingleton(_ => new WorkThread("work"))
        .AddSingleton<GraphReload>()
        .AddSingleton<LogControl>()
        .AddSingleton<RunningGraph>();
}
