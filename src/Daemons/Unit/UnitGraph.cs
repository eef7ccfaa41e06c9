using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// A unit's graph. At the end it has the time that it needs, and not more than it may have, to answer what is in progress.
/// </summary>
/// <param name="options">Say how long the end may take.</param>
/// <param name="connections">Limits.</param>
/// <param name="log">Say where the log is.</param>
/// <param name="preparation">What to run.</param>
/// <param name="context">The graph.</param>
/// <param name="requests">Say how long the end may take, and cut it short.</param>
/// <param name="logger">Told of an end without all answers.</param>
internal sealed class UnitGraph(
    GraphOptions options, ConnectionOptions connections, LogOptions log, UnitPreparation preparation, GlusterContext context,
    DaemonRequests requests, ILogger<UnitGraph> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        preparation.ListenPath = HostedGraph.Start(context, preparation.Plan.TextFor, log.Path);
        context.LimitConnections(
            new GraphConnectionLimits(connections.MaxConnections, connections.MaxPerAddress, connections.MaxUndecided));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        using CancellationTokenRegistration again = requests.CutShortWanted.Register(context.CutQuiesceShort);
        try
        {
            context.Quiesce(requests.StopTimeout ?? options.StopTimeout);
        }
        catch (GraphException exception)
        {
            GraphLifeLog.StoppedEarly(logger, exception.Message);
        }

        return Task.CompletedTask;
    }
}
