using KadaluFsd.Contract;
using KadaluFsd.Daemons.Health;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Routing;
using KadaluFsd.Serving.Volfiles;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Unit;

/// <summary>The graph as the event loop sees it: takes connections and reports events.</summary>
/// <param name="loop">Watches the graph's events.</param>
/// <param name="volfiles">Serves clients that ask for volfiles inside the graph's TLS.</param>
/// <param name="end">Ends the process when the graph cannot serve any more.</param>
internal sealed class UnitGraphSide(
    GlusterContext context, EventLoop loop, VolfileServer volfiles, ConnectionOptions options, ProcessEnd end,
    ILogger<UnitGraphSide> logger)
    : Part, IGraphSide, IReadinessHandler
{
    /// <summary>Whether the graph says that it cannot serve. From any thread.</summary>
    internal bool IsGraphDown { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <inheritdoc/>
    public Handover Serve(int fd, bool isNode, out string reason)
    {
        reason = "";
        try
        {
            context.Adopt(fd, isNode);
            return Handover.Taken;
        }
        catch (GraphException exception)
        {
            reason = exception.Message;
            return exception.IsTransient ? Handover.NotNow : Handover.Refused;
        }
    }

    /// <inheritdoc/>
    public int CloseLateHandshakes() => context.ExpireConnections(options.HandshakeTimeout);

    /// <summary>Handles events of the graph. On the loop's thread.</summary>
    public void OnReady(EpollEvent happened)
    {
        while (context.TryTakeEvent(out GraphEvent graphEvent))
        {
            Take(graphEvent);
        }

        // With or without an event, which may have been lost.
        while (context.TryTakeRelay(out RelayClient client))
        {
            volfiles.Connections.AddRelayed(client.Fd, client.Peer, client.Name);
        }
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        loop.Invoke(() => loop.Watch(context.EventFd, this, EpollInterest.Readable));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        loop.Invoke(() => loop.Unwatch(context.EventFd));
        return Task.CompletedTask;
    }

    private void Take(GraphEvent graphEvent)
    {
        switch (graphEvent.Kind)
        {
            case GraphEventKind.ChildUp:
                HealthLog.ChildUp(logger, graphEvent.Text);
                break;
            case GraphEventKind.ChildDown:
                HealthLog.ChildDown(logger, graphEvent.Text);
                IsGraphDown = true;
                end.Reach(ExitCode.GraphDown, null);
                break;
            case GraphEventKind.AcceptFailed:
                HealthLog.AcceptFailed(logger, graphEvent.Text);
                break;
            case GraphEventKind.Lost:
                HealthLog.EventsLost(logger, graphEvent.Text);
                break;
        }
    }
}
