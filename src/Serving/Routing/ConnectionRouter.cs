using System.ComponentModel;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Linux;
using KadaluFsd.Rpc;
using KadaluFsd.Serving.Events;
using KadaluFsd.Serving.Options;
using KadaluFsd.Serving.Volfiles;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Routing;

/// <summary>
/// Accepts connections, peeks at the first bytes of each without consuming them, and dispatches it to the volfile server or the
/// graph. Runs on the event loop's thread.
/// </summary>
public sealed class ConnectionRouter : Part, IRoundHandler, IReadinessHandler
{
    private readonly EventLoop _loop;
    private readonly ListenerSet _listeners;
    private readonly VolfileServer _volfiles;
    private readonly ConnectionOptions _options;
    private readonly DescriptorBudget _descriptors;
    private readonly ILogger _logger;
    private readonly UndecidedConnections _undecided;
    private readonly Acceptor _acceptor;
    private readonly GraphHandover _handover;
    private readonly RateLimitedCount _expired = new();
    private readonly RateLimitedCount _garbage = new();
    private readonly RateLimitedCount _noDescriptors = new();
    private bool _isStopped;

    /// <summary>Creates a router; it accepts nothing before it is started.</summary>
    /// <param name="listeners">The listening sockets; closed with the router.</param>
    /// <param name="descriptors">Which of the process's descriptors connections may have.</param>
    /// <param name="graph">Serves everything but volfiles; null where there is no graph.</param>
    public ConnectionRouter(
        EventLoop loop, ListenerSet listeners, VolfileServer volfiles, ConnectionOptions options, DescriptorBudget descriptors,
        ILogger<ConnectionRouter> logger, IGraphSide? graph = null)
    {
        (_loop, _listeners, _volfiles, _options, _descriptors, _logger) =
            (loop, listeners, volfiles, options, descriptors, logger);
        _undecided = new UndecidedConnections((long)options.HeaderTimeout.TotalMilliseconds);
        _acceptor = new Acceptor(loop, OnAccepted, HasRoomFor, CloseOldest, logger);
        _handover = new GraphHandover(loop, graph, IsNode, options, logger);
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        if (_listeners.NodePortProblem is { } problem)
        {
            RoutingLog.NodePortUnavailable(_logger, problem);
        }

        if (_listeners.AliasProblem is { } ofAlias)
        {
            RoutingLog.AliasUnavailable(_logger, ofAlias);
        }

        _loop.Invoke(() =>
        {
            _acceptor.Start(_listeners.All);
            _loop.Round = this;
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        StopAccepting();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Stops accepting, closes every connection that was not dispatched, and frees the ports. Not from the loop's thread.
    /// </summary>
    public void StopAccepting()
    {
        _loop.Invoke(() =>
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
            _loop.Round = null;
            _acceptor.Stop();
            while (_undecided.TryTakeOldest(out int fd))
            {
                Close(fd);
            }

            _handover.Close();
        });
        _listeners.Dispose();
    }

    /// <inheritdoc/>
    int IRoundHandler.MillisecondsToNext()
    {
        long now = _loop.Tick;
        return Earlier(
            Earlier(_undecided.MillisecondsToNext(now), _acceptor.MillisecondsToNext(now)), _handover.MillisecondsToNext(now));
    }

    /// <inheritdoc/>
    void IRoundHandler.OnRoundEnd()
    {
        while (_undecided.TryTakeExpired(_loop.Tick, out int fd))
        {
            CloseUndecided(fd);
        }

        _handover.OnRoundEnd();
        _acceptor.OnRoundEnd();
    }

    /// <summary>An undecided connection has sent something.</summary>
    void IReadinessHandler.OnReady(EpollEvent happened) => Decide((int)(uint)happened.Token, happened.IsHungUp);

    // Both in milliseconds; -1 for never.
    private static int Earlier(int one, int other) => one < 0 ? other : other < 0 ? one : Math.Min(one, other);

    private bool IsNode(int fd) => _volfiles.Connections.IsNode(fd);

    // The last descriptors are not for clients. An undecided connection makes room.
    private bool HasRoomFor(int fd)
    {
        if (fd < _descriptors.ForNodes || (fd < _descriptors.ForItself && IsNode(fd)))
        {
            return true;
        }

        if (_noDescriptors.Add() is { } count)
        {
            RoutingLog.DescriptorsKept(_logger, count, _descriptors.Limit);
        }

        if (!_undecided.TryTakeOldest(out int oldest))
        {
            return false;
        }

        Close(oldest);
        return true;
    }

    private void CloseOldest(int most)
    {
        for (int closed = 0; closed < most && _undecided.TryTakeOldest(out int fd); closed++)
        {
            CloseUndecided(fd);
        }
    }

    // Mostly the first call has arrived already; only then is no event needed.
    private void OnAccepted(int fd, RouteChooser choose)
    {
        Route route = Peek(fd, choose, out bool hasSentBytes);
        if (route == Route.Undecided)
        {
            WaitFor(fd, choose);
        }
        else
        {
            Dispatch(fd, route, hasSentBytes);
        }
    }

    private static Route Peek(int fd, RouteChooser choose, out bool hasSentBytes)
    {
        Span<byte> first = stackalloc byte[RpcLimits.CallPrefix];
        SocketFailure failure = RawSocket.Peek(fd, first, out int count);
        hasSentBytes = count > 0;
        return failure == SocketFailure.WouldBlock ? Route.Undecided : hasSentBytes ? choose(first[..count]) : Route.Refused;
    }

    private void WaitFor(int fd, RouteChooser choose)
    {
        if (_undecided.Count >= _options.MaxUndecided)
        {
            CloseOldest(1);
        }

        try
        {
            // Bytes that have arrived since the peek cause an event at once.
            _loop.Watch(fd, this, EpollInterest.Readable | EpollInterest.EdgeTriggered);
            _undecided.Add(fd, choose, _loop.Tick);
        }
        catch (Win32Exception)
        {
            RawSocket.Close(fd);
            _acceptor.Pause();
        }
    }

    private void Decide(int fd, bool isHungUp)
    {
        Route route = Peek(fd, _undecided.ChooserOf(fd), out bool hasSentBytes);
        if (route == Route.Undecided && !isHungUp)
        {
            return;
        }

        _undecided.Remove(fd);
        _loop.Unwatch(fd);
        Dispatch(fd, route, hasSentBytes);
    }

    private void Dispatch(int fd, Route route, bool hasSentBytes)
    {
        switch (route)
        {
            case Route.Managed:
                _volfiles.Connections.Add(fd);
                break;
            case Route.Native:
                _handover.PassOn(fd);
                break;
            default:
                RawSocket.Close(fd);
                if (hasSentBytes && _garbage.Add() is { } garbage)
                {
                    RoutingLog.GarbageClosed(_logger, garbage);
                }

                break;
        }
    }

    private void Close(int fd)
    {
        _loop.Unwatch(fd, isClosing: true);
        RawSocket.Close(fd);
    }

    private void CloseUndecided(int fd)
    {
        Close(fd);
        if (_expired.Add() is { } count)
        {
            RoutingLog.UndecidedClosed(_logger, count, _options.HeaderTimeout.TotalSeconds);
        }
    }
}
