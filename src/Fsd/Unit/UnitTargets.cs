using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Routing;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Unit;

/// <summary>Ties the router to a unit's two sides: its graph and its volfile service.</summary>
/// <param name="context">The graph's side.</param>
/// <param name="volfiles">The volfile side.</param>
/// <param name="logger">Told what the graph tells.</param>
internal sealed class UnitTargets(GlusterContext context, VolfileConnections volfiles, ILogger logger) : IRouteTargets
{
    private volatile bool _isGraphDown;

    /// <summary>Whether the graph said last that it cannot serve.</summary>
    internal bool IsGraphDown => _isGraphDown;

    /// <inheritdoc/>
    public void ServeManaged(int fd) => volfiles.Add(fd);

    /// <inheritdoc/>
    public void ServeNative(int fd) => context.Adopt(fd);

    /// <inheritdoc/>
    public void DrainGraphEvents()
    {
        while (context.TryTakeEvent(out GraphEvent graphEvent))
        {
            switch (graphEvent.Kind)
            {
                case GraphEventKind.ChildUp:
                    _isGraphDown = false;
                    FsdLog.ChildUp(logger, graphEvent.Text);
                    break;
                case GraphEventKind.ChildDown:
                    _isGraphDown = true;
                    FsdLog.ChildDown(logger, graphEvent.Text);
                    break;
                case GraphEventKind.AcceptFailed:
                    FsdLog.AdoptionFailed(logger, 1, graphEvent.Text);
                    break;
                case GraphEventKind.Lost:
                    FsdLog.EventsLost(logger, graphEvent.Text);
                    break;
            }
        }
    }
}
