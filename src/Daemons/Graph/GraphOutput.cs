using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>GlusterFS's context and its log, which gets this program's lines too.</summary>
/// <param name="preparation">What the process is going to run.</param>
internal sealed class GraphOutput(
    GraphPreparation preparation, GlusterContext context, LogOptions options, GraphProcessOptions graph, ProcessLog log,
    ILogger<GraphOutput> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        GraphStarter.Open(
            context, preparation.Library, options, graph.VolfileId ?? Path.GetFileNameWithoutExtension(graph.Volfile));
        log.Open(new GraphLogOutput(context));
        preparation.Announce(logger);
        GraphStarter.Report(logger, preparation.Graph, InheritedDescriptors.Closed, preparation.Retry);
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
