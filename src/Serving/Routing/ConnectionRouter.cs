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
/// Accepts connections, looks at the first bytes of each without taking them, and hands it to whoever serves it. Lives on the
/// thread of an event loop.
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
    private readonly RateLimitedCount _late = new();
    private readonly RateLimitedCount _garbage = new();
    private readonly RateLimitedCount _noDescriptors = new();
    private bool _isStopped;

    /// <summary>A router that accepts nothing yet.</summary>
    /// <param name="loop">Drives it.</param>
    /// <param name="listeners">Where connections come from; closed with the router.</param>
    /// <param name="volfiles">Serves volfiles.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="descriptors">Which of the process's descriptors connections may have.</param>
    /// <param name="logger">Told of what is closed.</param>
    /// <param name="graph">Serves everything else; null for nobody.</param>
    public ConnectionRouter(
        EventLoop loop, ListenerSet listeners, VolfileServer volfiles, ConnectionOptions options, DescriptorBudget descriptors,
        ILogger<ConnectionRouter> logger, IGraphSide? graph = null)
    {
        (_loop, _listeners, _volfiles, _options, _descriptors, _logger) =
            (loop, listeners, volfiles, options, descriptors, logger);
        _undecided = new UndecidedConnections((long)options.HeaderTimeout.TotalMilliseconds);
        _acceptor = new Acceptor(loop, TakeIn, HasRoomFor, CloseOldest, logger);
        _handover = new GraphHandover(graph, IsNode, options, logger);
    }

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        if (_listeners.NodePortProblem is { } problem)
        {
            RoutingLog.NodePortUnavailable(_logger, problem);
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
    /// Accepts no more, closes every connection that was not handed on, and frees the ports. Not for the loop's thread.
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
        long now = Environment.TickCount64;
        return Earlier(
            Earlier(_undecided.MillisecondsToNext(now), _acceptor.MillisecondsToNext(now)), _handover.MillisecondsToNext(now));
    }

    /// <inheritdoc/>
    void IRoundHandler.OnRoundEnd()
    {
        while (_undecided.TryTakeExpired(Environment.TickCount64, out int fd))
        {
            CloseUndecided(fd);
        }

        _handover.OnRoundEnd();
        _acceptor.OnRoundEnd();
    }

    /// <summary>A connection that has yet to say what it wants has said something.</summary>
    /// <param name="happened">What happened.</param>
    void IReadinessHandler.OnReady(EpollEvent happened) => Decide((int)(uint)happened.Token, happened.IsHungUp);

    // Both in milliseconds; -1 for never.
    private static int Earlier(int one, int other) => one < 0 ? other : other < 0 ? one : Math.Min(one, other);

    private bool IsNode(int fd) => _volfiles.Connections.IsNode(fd);

    // The last descriptors are not for clients. One that has yet to say something makes room.
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

    // Mostly the first call is there already; only a connection that has yet to say something is waited for.
    private void TakeIn(int fd, RouteChooser choose)
    {
        Route route = Look(fd, choose, out bool saidSomething);
        if (route == Route.Undecided)
        {
            WaitFor(fd, choose);
        }
        else
        {
            Hand(fd, route, saidSomething);
        }
    }

    private static Route Look(int fd, RouteChooser choose, out bool saidSomething)
    {
        Span<byte> first = stackalloc byte[RpcLimits.CallPrefix];
        SocketFailure failure = RawSocket.Peek(fd, first, out int count);
        saidSomething = count > 0;
        return failure == SocketFailure.WouldBlock ? Route.Undecided : saidSomething ? choose(first[..count]) : Route.Refused;
    }

    private void WaitFor(int fd, RouteChooser choose)
    {
        if (_undecided.Count >= _options.MaxUndecided)
        {
            CloseOldest(1);
        }

        try
        {
            // Bytes that came since the look are told of at once.
            _loop.Watch(fd, this, EpollInterest.Readable | EpollInterest.EdgeTriggered);
            _undecided.Add(fd, choose, Environment.TickCount64);
        }
        catch (Win32Exception)
        {
            RawSocket.Close(fd);
            _acceptor.Pause();
        }
    }

    private void Decide(int fd, bool isHungUp)
    {
        Route route = Look(fd, _undecided.ChooserOf(fd), out bool saidSomething);
        if (route == Route.Undecided && !isHungUp)
        {
            return;
        }

        _undecided.Remove(fd);
        _loop.Unwatch(fd);
        Hand(fd, route, saidSomething);
    }

    private void Hand(int fd, Route route, bool saidSomething)
    {
        switch (route)
        {
            case Route.Managed:
                _volfiles.Connections.Add(fd);
                break;
            case Route.Native:
                _handover.Give(fd);
                break;
            default:
                RawSocket.Close(fd);
                if (saidSomething && _garbage.Add() is { } garbage)
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
        if (_late.Add() is { } count)
        {
            RoutingLog.UndecidedClosed(_logger, count, _options.HeaderTimeout.TotalSeconds);
        }
    }
}
