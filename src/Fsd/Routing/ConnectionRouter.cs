using System.ComponentModel;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Rpc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Routing;

/// <summary>
/// Accepts connections, looks at the first bytes of each without taking them, and hands it to whoever serves it. Lives on the thread of
/// an event loop.
/// </summary>
internal sealed class ConnectionRouter : IRoundHandler, IReadinessHandler, IDisposable
{
    // Bounds how long one listener may keep the loop from everything else.
    private const int AcceptsPerRound = 64;
    private const int AcceptPauseMilliseconds = 100;
    private const int AdoptionRetryMilliseconds = 5;
    private const int HandshakeCheckMilliseconds = 1000;

    private readonly EventLoop _loop;
    private readonly UndecidedConnections _undecided;
    private readonly IRouteTargets _targets;
    private readonly DaemonOptions _options;
    private readonly DescriptorBudget _descriptors;
    private readonly ILogger _logger;
    private readonly int? _graphEvents;
    private readonly RateLimitedCount _late = new();
    private readonly RateLimitedCount _garbage = new();
    private readonly RateLimitedCount _notAdopted = new();
    private readonly RateLimitedCount _noDescriptors = new();
    private readonly List<Door> _doors = [];

    // Given to the graph, which could not take them yet.
    private readonly Queue<int> _toAdopt = new();
    private long _acceptAgainAt;

    // When to look again for clients that the graph has not let in; 0 while there are none.
    private long _checkHandshakesAt;
    private bool _isStopped;

    /// <summary>A router that accepts as soon as the loop runs.</summary>
    /// <param name="loop">Not started yet.</param>
    /// <param name="listeners">Where connections come from; must stay open until this is disposed.</param>
    /// <param name="graphEvents">A descriptor that is readable while the graph has events; null where there is no graph.</param>
    /// <param name="targets">Where connections go to.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="descriptors">Which of the process's descriptors connections may have.</param>
    /// <param name="logger">Told of what is closed.</param>
    internal ConnectionRouter(
        EventLoop loop, IEnumerable<PortListener> listeners, int? graphEvents, IRouteTargets targets, DaemonOptions options, DescriptorBudget descriptors, ILogger logger)
    {
        _loop = loop;
        _targets = targets;
        _options = options;
        _descriptors = descriptors;
        _logger = logger;
        _graphEvents = graphEvents;
        _undecided = new UndecidedConnections((long)options.HeaderTimeout.TotalMilliseconds);
        if (graphEvents is { } events)
        {
            _loop.Watch(events, new GraphEvents(targets), EpollInterest.Readable);
        }

        _doors.AddRange(listeners.SelectMany(listener => listener.Descriptors, (listener, fd) => new Door(this, fd, listener.Choose)));
        WatchDoors(EpollInterest.Readable);
        _loop.Round = this;
    }

    /// <summary>Stops to accept, and closes every connection that was not handed on.</summary>
    public void Dispose() => _loop.Invoke(() =>
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        _loop.Round = null;
        _doors.ForEach(door => _loop.Unwatch(door.Fd));
        if (_graphEvents is { } events)
        {
            _loop.Unwatch(events);
        }

        while (_undecided.TryTakeOldest(0, evenInTime: true, out int fd))
        {
            Close(fd);
        }

        while (_toAdopt.TryDequeue(out int fd))
        {
            RawSocket.Close(fd);
        }
    });

    /// <inheritdoc/>
    int IRoundHandler.MillisecondsToNext()
    {
        if (_toAdopt.Count > 0)
        {
            return AdoptionRetryMilliseconds;
        }

        long now = Environment.TickCount64;
        return Earlier(Earlier(_undecided.MillisecondsToNext(now), Until(_acceptAgainAt, now)), Until(_checkHandshakesAt, now));
    }

    /// <inheritdoc/>
    void IRoundHandler.OnRoundEnd()
    {
        CloseLate();
        AdoptWaiting();
        ResumeIfDue();
        CloseLateHandshakes();
    }

    // Both in milliseconds; -1 for never.
    private static int Earlier(int one, int other) => one < 0 ? other : other < 0 ? one : Math.Min(one, other);

    private static int Until(long tick, long now) => tick == 0 ? -1 : (int)Math.Max(0, tick - now);

    /// <summary>A connection that has yet to say what it wants has said something.</summary>
    /// <param name="happened">What happened.</param>
    void IReadinessHandler.OnReady(EpollEvent happened) => Decide((int)(uint)happened.Token, happened.IsHungUp);

    private void AcceptSome(Door door)
    {
        for (int accepted = 0; accepted < AcceptsPerRound; accepted++)
        {
            switch (RawSocket.Accept(door.Fd, out int fd))
            {
                case SocketFailure.None when HasRoomFor(fd):
                    TakeIn(fd, door.Choose);
                    break;
                case SocketFailure.None:
                    RawSocket.Close(fd);
                    ReportNoDescriptors();
                    break;
                case SocketFailure.ConnectionGone:
                    break;
                case SocketFailure.OutOfResources:
                    PauseAccepting();
                    return;
                default:
                    return;
            }
        }
    }

    // The last descriptors are not for clients. One that has yet to say something makes room.
    private bool HasRoomFor(int fd)
    {
        if (fd < _descriptors.ForNodes || (fd < _descriptors.ForItself && _targets.IsNode(fd)))
        {
            return true;
        }

        if (!_undecided.TryTakeOldest(0, evenInTime: true, out int oldest))
        {
            return false;
        }

        Close(oldest);
        ReportNoDescriptors();
        return true;
    }

    private void ReportNoDescriptors()
    {
        if (_noDescriptors.Add() is { } count)
        {
            RoutingLog.DescriptorsKept(_logger, count, _descriptors.Limit);
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
        long now = Environment.TickCount64;
        if (_undecided.Count >= _options.MaxUndecided && _undecided.TryTakeOldest(now, evenInTime: true, out int oldest))
        {
            CloseUndecided(oldest);
        }

        try
        {
            // Bytes that came since the look are told of at once.
            _loop.Watch(fd, this, EpollInterest.Readable | EpollInterest.EdgeTriggered);
            _undecided.Add(fd, choose, now);
        }
        catch (Win32Exception)
        {
            RawSocket.Close(fd);
            PauseAccepting();
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
                _targets.ServeManaged(fd);
                break;
            case Route.Native:
                GiveAway(fd);
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

    private void GiveAway(int fd)
    {
        try
        {
            _targets.ServeNative(fd);
            if (_checkHandshakesAt == 0)
            {
                CheckHandshakesLater();
            }
        }
        catch (GraphException exception) when (exception.IsTransient && _toAdopt.Count < _options.MaxUndecided)
        {
            _toAdopt.Enqueue(fd);
        }
        catch (GraphException exception)
        {
            RawSocket.Close(fd);
            if (_notAdopted.Add() is { } count)
            {
                RoutingLog.AdoptionFailed(_logger, count, exception.Message);
            }
        }
    }

    // Each that is still not taken goes to the end of the queue again: one round looks at each once.
    private void AdoptWaiting()
    {
        for (int count = _toAdopt.Count; count > 0; count--)
        {
            GiveAway(_toAdopt.Dequeue());
        }
    }

    private void CheckHandshakesLater() =>
        _checkHandshakesAt = Environment.TickCount64 + Math.Min(HandshakeCheckMilliseconds, (long)_options.HandshakeTimeout.TotalMilliseconds);

    private void CloseLateHandshakes()
    {
        if (_checkHandshakesAt == 0 || Environment.TickCount64 < _checkHandshakesAt)
        {
            return;
        }

        _checkHandshakesAt = 0;
        if (_targets.CloseLateHandshakes() > 0)
        {
            CheckHandshakesLater();
        }
    }

    private void CloseLate()
    {
        long now = Environment.TickCount64;
        while (_undecided.TryTakeOldest(now, evenInTime: false, out int fd))
        {
            CloseUndecided(fd);
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

    // Without descriptors the listener stays readable, and the loop would spin: it looks away for a while instead, and makes room.
    private void PauseAccepting()
    {
        if (_acceptAgainAt != 0)
        {
            return;
        }

        WatchDoors(EpollInterest.None);
        RoutingLog.AcceptPaused(_logger, AcceptPauseMilliseconds);
        long now = Environment.TickCount64;
        _acceptAgainAt = now + AcceptPauseMilliseconds;
        for (int closed = 0; closed < AcceptsPerRound && _undecided.TryTakeOldest(now, evenInTime: true, out int fd); closed++)
        {
            CloseUndecided(fd);
        }
    }

    private void ResumeIfDue()
    {
        if (_acceptAgainAt != 0 && Environment.TickCount64 >= _acceptAgainAt)
        {
            _acceptAgainAt = 0;
            WatchDoors(EpollInterest.Readable);
        }
    }

    private void WatchDoors(EpollInterest interest) => _doors.ForEach(door => _loop.Watch(door.Fd, door, interest));

    // A listening socket.
    private sealed class Door(ConnectionRouter router, int fd, RouteChooser choose) : IReadinessHandler
    {
        internal int Fd => fd;

        internal RouteChooser Choose => choose;

        public void OnReady(EpollEvent happened) => router.AcceptSome(this);
    }

    private sealed class GraphEvents(IRouteTargets targets) : IReadinessHandler
    {
        public void OnReady(EpollEvent happened) => targets.DrainGraphEvents();
    }
}
