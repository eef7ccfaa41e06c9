using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Native;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// A unit's graph. At the end it may take the time that it needs, up to a limit, to answer operations in progress.
/// </summary>
/// <param name="requests">The limit, and requests to end the wait.</param>
internal sealed class UnitGraph(
    GraphProcessOptions options, ConnectionOptions connections, LogOptions log, UnitPreparation preparation,
    GlusterContext context, DaemonRequests requests, ILogger<UnitGraph> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        preparation.ListenPath = GraphStarter.Start(context, preparation.Plan.TextFor, log.Path);
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
