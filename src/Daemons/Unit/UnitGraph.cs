using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// A unit's graph. At the end it has the time that it needs, and not more than it may have, to answer what is in progress.
/// </summary>
/// <param name="requests">Say how long the end may take, and cut it short.</param>
/// <param name="logger">Told of an end without all answers.</param>
internal sealed class UnitGraph(DaemonOptions options, UnitPreparation preparation, GlusterContext context,
    DaemonRequests requests, ILogger<UnitGraph> logger) : Part
{
    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        preparation.ListenPath = HostedGraph.Start(context, preparation.Plan.TextFor, options.Log);
        context.LimitConnections(new GraphConnectionLimits(options.MaxConnections, options.MaxPerAddress, options.MaxUndecided));
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
