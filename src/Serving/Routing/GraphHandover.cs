using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Serving.Options;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Routing;

/// <summary>
/// Connections on their way to the graph: those that it cannot take yet are offered again, those that say nothing to it are
/// closed. On the event loop's thread.
/// </summary>
/// <param name="graph">The graph; null where there is none, and nothing comes here.</param>
/// <param name="isNode">Whether a connection comes from a node of a pool that is served here.</param>
/// <param name="options">Limits and deadlines.</param>
/// <param name="logger">Told of what is closed.</param>
internal sealed class GraphHandover(IGraphSide? graph, Func<int, bool> isNode, ConnectionOptions options, ILogger logger)
{
    private const int RetryMilliseconds = 5;
    private const int HandshakeCheckMilliseconds = 1000;

    private readonly RateLimitedCount _notTaken = new();
    private readonly Queue<int> _waiting = new();

    // When to look again for clients that the graph has not let in; 0 while there are none.
    private long _checkHandshakesAt;

    /// <summary>Gives a connection to the graph.</summary>
    /// <param name="fd">The connection; owned from here on.</param>
    internal void Give(int fd)
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

    /// <summary>How long until there is something to do.</summary>
    /// <param name="now">The time, <see cref="Environment.TickCount64"/>.</param>
    /// <returns>Milliseconds; -1 for never.</returns>
    internal int MillisecondsToNext(long now) =>
        _waiting.Count > 0 ? RetryMilliseconds : _checkHandshakesAt == 0 ? -1 : (int)Math.Max(0, _checkHandshakesAt - now);

    /// <summary>Does what is due.</summary>
    internal void OnRoundEnd()
    {
        // Each that is still not taken goes to the end of the queue again: one round looks at each once.
        for (int count = _waiting.Count; count > 0; count--)
        {
            Give(_waiting.Dequeue());
        }

        if (_checkHandshakesAt != 0 && Environment.TickCount64 >= _checkHandshakesAt)
        {
            _checkHandshakesAt = graph!.CloseLateHandshakes() > 0 ? NextCheck() : 0;
        }
    }

    /// <summary>Closes what the graph has not taken.</summary>
    internal void Close()
    {
        while (_waiting.TryDequeue(out int fd))
        {
            RawSocket.Close(fd);
        }
    }

    private long NextCheck() =>
        Environment.TickCount64 + Math.Min(HandshakeCheckMilliseconds, (long)options.HandshakeTimeout.TotalMilliseconds);
}
