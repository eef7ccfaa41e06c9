using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>GlusterFS's context and its log, which gets this program's lines as well from here on to the end.</summary>
/// <param name="preparation">What is going to run.</param>
/// <param name="context">The context.</param>
/// <param name="options">Say where, how and how much to log.</param>
/// <param name="graph">Say what the log is named for.</param>
/// <param name="log">Writes to it.</param>
/// <param name="logger">Told of the process's start and end.</param>
internal sealed class GraphOutput(
    GraphPreparation preparation, GlusterContext context, LogOptions options, GraphOptions graph, ProcessLog log,
    ILogger<GraphOutput> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        HostedGraph.Open(
            context, preparation.Library, options, graph.VolfileId ?? Path.GetFileNameWithoutExtension(graph.Volfile));
        log.Open(new GraphLogOutput(context));
        preparation.Announce(logger);
        HostedGraph.Report(logger, preparation.Graph, InheritedDescriptors.Closed, preparation.Retry);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        LifeLog.Stopped(logger);
        context.FinishLog();
        return Task.CompletedTask;
    }
}
