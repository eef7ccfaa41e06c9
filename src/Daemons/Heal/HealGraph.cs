using KadaluFsd.Daemons.Graph;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Serving.Events;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Heal;

/// <summary>
/// A self-heal daemon's graph: a client of all the pool's units. Units that are not there are waited for while it runs. What is
/// being healed is left as it is at the end, and cut off by the end of the process: the units keep it in their indices, and take
/// their locks back.
/// </summary>
/// <param name="log">Say where the log is.</param>
/// <param name="preparation">What to run.</param>
/// <param name="context">The graph.</param>
/// <param name="loop">Tells when the graph tells something.</param>
/// <param name="review">Told of units that have come back.</param>
/// <param name="logger">Told of units.</param>
internal sealed class HealGraph(
    LogOptions log, HealPreparation preparation, GlusterContext context, EventLoop loop, HealReview review,
    ILogger<HealGraph> logger) : Part, IReadinessHandler
{
    /// <summary>Whether it is there. From any thread.</summary>
    internal bool IsUp { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>The graph tells something. On the loop's thread.</summary>
    /// <param name="happened">That it does.</param>
    public void OnReady(EpollEvent happened)
    {
        while (context.TryTakeEvent(out GraphEvent graphEvent))
        {
            switch (graphEvent.Kind)
            {
                case GraphEventKind.ChildUp:
                    HealthLog.UnitConnected(logger, graphEvent.Text);
                    review.Ask(graphEvent.Text);
                    break;
                case GraphEventKind.ChildDown:
                    HealthLog.UnitDisconnected(logger, graphEvent.Text);
                    break;
                case GraphEventKind.Lost:
                    HealthLog.EventsLost(logger, graphEvent.Text);
                    review.AskAll();
                    break;
            }
        }
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        loop.Invoke(() => loop.Watch(context.EventFd, this, EpollInterest.Readable));
        HostedGraph.StartClient(context, preparation.Plan.Volfile, log.Path);
        IsUp = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        context.TellHeldBackLogLines();
        loop.Invoke(() => loop.Unwatch(context.EventFd));
        return Task.CompletedTask;
    }
}
