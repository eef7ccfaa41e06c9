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
/// A self-heal daemon's graph: a client of all units of the pool. Missing units are waited for while it runs. At the end heals in
/// progress are cut off: the units keep them in their indices, and release their locks.
/// </summary>
/// <param name="loop">Watches the graph's events.</param>
/// <param name="review">Notified of units that have come back.</param>
internal sealed class HealGraph(
    LogOptions log, HealPreparation preparation, GlusterContext context, EventLoop loop, HealReview review,
    ILogger<HealGraph> logger) : Part, IReadinessHandler
{
    /// <summary>Whether the graph is up. From any thread.</summary>
    internal bool IsUp { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>Handles events of the graph. On the loop's thread.</summary>
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
        GraphStarter.StartClient(context, preparation.Plan.Volfile, log.Path);
        IsUp = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        context.ReportSuppressedLogLines();
        loop.Invoke(() => loop.Unwatch(context.EventFd));
        return Task.CompletedTask;
    }
}
