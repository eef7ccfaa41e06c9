using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Fsd.Routing;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Unit;

/// <summary>Ties the router to a unit's two sides: its graph and its volfile service.</summary>
/// <param name="context">The graph's side.</param>
/// <param name="volfiles">The volfile side.</param>
/// <param name="options">Limits and deadlines.</param>
/// <param name="logger">Told what the graph tells.</param>
internal sealed class UnitTargets(GlusterContext context, VolfileConnections volfiles, DaemonOptions options, ILogger logger) : IRouteTargets
{
    private readonly TaskCompletionSource _graphDown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the graph says that it cannot serve.</summary>
    internal Task GraphDown => _graphDown.Task;

    /// <summary>Whether it has.</summary>
    internal bool IsGraphDown => _graphDown.Task.IsCompleted;

    /// <inheritdoc/>
    public void ServeManaged(int fd) => volfiles.Add(fd);

    /// <inheritdoc/>
    public void ServeNative(int fd) => context.Adopt(fd, volfiles.IsNode(fd));

    /// <inheritdoc/>
    public int CloseLateHandshakes() => context.ExpireConnections(options.HandshakeTimeout);

    /// <inheritdoc/>
    public bool IsNode(int fd) => volfiles.IsNode(fd);

    /// <inheritdoc/>
    public void DrainGraphEvents()
    {
        while (context.TryTakeEvent(out GraphEvent graphEvent))
        {
            switch (graphEvent.Kind)
            {
                case GraphEventKind.ChildUp:
                    HealthLog.ChildUp(logger, graphEvent.Text);
                    break;
                case GraphEventKind.ChildDown:
                    HealthLog.ChildDown(logger, graphEvent.Text);
                    _graphDown.TrySetResult();
                    break;
                case GraphEventKind.AcceptFailed:
                    RoutingLog.AdoptionFailed(logger, 1, graphEvent.Text);
                    break;
                case GraphEventKind.Lost:
                    HealthLog.EventsLost(logger, graphEvent.Text);
                    break;
            }
        }

        // Told of or not: the event may be among those that were lost.
        while (context.TryTakeRelay(out RelayClient client))
        {
            volfiles.AddRelayed(client);
        }
    }
}
