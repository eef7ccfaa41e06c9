using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Routing;

/// <summary>
/// Passes connections to the graph: offers again those that it cannot take yet, and has those closed whose client is not
/// authenticated in time. On the event loop's thread.
/// </summary>
/// <param name="loop">Has the time.</param>
/// <param name="graph">The graph; null where there is none: then no connection is passed.</param>
/// <param name="isNode">Whether a connection comes from a node of a pool that is served here.</param>
internal sealed class GraphHandover(
    EventLoop loop, IGraphSide? graph, Func<int, bool> isNode, ConnectionOptions options, ILogger logger)
{
    private const int RetryMilliseconds = 5;
    private const int HandshakeCheckMilliseconds = 1000;

    private readonly RateLimitedCount _notTaken = new();
    private readonly Queue<int> _waiting = new();

    // When to check again for clients that are not authenticated; 0 while there are none.
    private long _checkHandshakesAt;

    /// <summary>Passes a connection to the graph.</summary>
    /// <param name="fd">The connection; owned from here on.</param>
    internal void PassOn(int fd)
    {
        string reason = "there is no graph";
        switch (graph?.Serve(fd, isNode(fd), out reason))
        {
            case Handover.Taken:
                _checkHandshakesAt = _checkHandshakesAt == 0 ? NextCheck() : _checkHandshakesAt;
                break;
            case Handover.NotNow when _waiting.Count < options.MaxUndecided:
                _waiting.Enqueue(fd);
                break;
            default:
                RawSocket.Close(fd);
                if (_notTaken.Add() is { } count)
                {
                    RoutingLog.AdoptionFailed(logger, count, reason);
                }

                break;
        }
    }

    /// <summary>How long until the next deadline.</summary>
    /// <param name="now">The time, <see cref="EventLoop.Tick"/>.</param>
    /// <returns>Milliseconds; -1 for never.</returns>
    internal int MillisecondsToNext(long now) =>
        _waiting.Count > 0 ? RetryMilliseconds : _checkHandshakesAt == 0 ? -1 : (int)Math.Max(0, _checkHandshakesAt - now);

    /// <summary>Handles deadlines that have passed.</summary>
    internal void OnRoundEnd()
    {
        // A connection that is still not taken goes to the end of the queue: each is offered once per round.
        for (int count = _waiting.Count; count > 0; count--)
        {
            PassOn(_waiting.Dequeue());
        }

        if (_checkHandshakesAt != 0 && loop.Tick >= _checkHandshakesAt)
        {
            _checkHandshakesAt = graph!.CloseLateHandshakes() > 0 ? NextCheck() : 0;
        }
    }

    /// <summary>Closes the connections that wait.</summary>
    internal void Close()
    {
        while (_waiting.TryDequeue(out int fd))
        {
            RawSocket.Close(fd);
        }
    }

    private long NextCheck() =>
        loop.Tick + Math.Min(HandshakeCheckMilliseconds, (long)options.HandshakeTimeout.TotalMilliseconds);
}
