using System.ComponentModel;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Native;
using KadaluFsd.Native.Linux;
using KadaluFsd.Rpc;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Routing;

/// <summary>
/// Accepts connections, looks at the first bytes of each without taking them, and hands it to whoever serves it. One thread with a
/// readiness loop of its own: a socket that the runtime has waited on even once could not be given away (its event loop would be
/// woken by every packet from then on).
/// </summary>
internal sealed class ConnectionRouter : IDisposable
{
    // Bounds how long one listener may keep the loop from everything else.
    private const int AcceptsPerRound = 64;
    private const int AcceptPauseMilliseconds = 100;
    private const int AdoptionRetryMilliseconds = 5;

    // Tokens of connections are a generation in the upper half and a descriptor in the lower; generations start at 1.
    private const ulong GraphToken = uint.MaxValue;
    private const int GenerationShift = 32;

    private readonly EpollSet _epoll = new();
    private readonly UndecidedConnections _undecided;
    private readonly IRouteTargets _targets;
    private readonly DaemonOptions _options;
    private readonly ILogger _logger;
    private readonly RateLimitedCount _late = new();
    private readonly RateLimitedCount _garbage = new();
    private readonly RateLimitedCount _notAdopted = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly Dictionary<int, RouteChooser> _listeners = [];

    // Given to the graph, which could not take them yet.
    private readonly Queue<int> _toAdopt = new();
    private long _acceptAgainAt;
    private volatile bool _stopping;

    /// <summary>A router that has not been started.</summary>
    /// <param name="listeners">Where connections come from; must stay open until this is disposed.</param>
    /// <param name="graphEvents">A descriptor that is readable while the graph has events; null where there is no graph.</param>
    /// <param name="targets">Where connections go to.</param>
    /// <param name="options">Limits and deadlines.</param>
    /// <param name="logger">Told of what is closed.</param>
    internal ConnectionRouter(IEnumerable<PortListener> listeners, int? graphEvents, IRouteTargets targets, DaemonOptions options, ILogger logger)
    {
        _targets = targets;
        _options = options;
        _logger = logger;
        _undecided = new UndecidedConnections((long)options.HeaderTimeout.TotalMilliseconds);
        if (graphEvents is { } events)
        {
            _epoll.Add(events, GraphToken, edgeTriggered: false);
        }

        foreach (PortListener listener in listeners)
        {
            foreach (int descriptor in listener.Descriptors)
            {
                _listeners.Add(descriptor, listener.Choose);
                _epoll.Add(descriptor, (uint)descriptor, edgeTriggered: false);
            }
        }

        _thread = new Thread(Run) { Name = "router", IsBackground = true };
    }

    /// <summary>Ends when the loop does: by <see cref="Dispose"/>, or with the error that broke it.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Starts to accept.</summary>
    internal void Start() => _thread.Start();

    /// <summary>Stops to accept, closes every connection that was not handed on, and waits for the loop to end.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _epoll.WakeUp();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _epoll.Dispose();
    }

    private void Run()
    {
        try
        {
            Span<EpollEvent> events = stackalloc EpollEvent[64];
            while (!_stopping)
            {
                int count = _epoll.Wait(events, WaitMilliseconds());
                foreach (EpollEvent happened in events[..count])
                {
                    Handle(happened);
                }

                CloseLate();
                AdoptWaiting();
                ResumeIfDue();
            }

            _ended.SetResult();
        }
#pragma warning disable CA1031 // Whatever breaks the loop breaks the unit; the task carries it to where the unit's end is decided.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FsdLog.RouterFailed(_logger, exception);
            _ended.SetException(exception);
        }
        finally
        {
            while (_undecided.TryTakeOldest(0, evenInTime: true, out int fd) || _toAdopt.TryDequeue(out fd))
            {
                RawSocket.Close(fd);
            }
        }
    }

    private void Handle(EpollEvent happened)
    {
        int fd = (int)(uint)happened.Token;
        uint generation = (uint)(happened.Token >> GenerationShift);
        if (happened.Token == GraphToken)
        {
            _targets.DrainGraphEvents();
        }
        else if (happened.Token != EpollSet.WakeUpToken && generation == 0)
        {
            AcceptSome(fd);
        }
        else if (_undecided.Contains(fd, generation))
        {
            // An event may be older than its descriptor's present use: another connection was closed earlier in this round.
            Decide(fd, happened.IsHungUp);
        }
    }

    private void AcceptSome(int listener)
    {
        for (int accepted = 0; accepted < AcceptsPerRound; accepted++)
        {
            switch (RawSocket.Accept(listener, out int fd))
            {
                case SocketFailure.None:
                    TakeIn(fd, _listeners[listener]);
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

    // Mostly the first call is there already; only a connection that has yet to say something is waited for.
    private void TakeIn(int fd, RouteChooser choose)
    {
        Span<byte> first = stackalloc byte[RpcLimits.CallPrefix];
        SocketFailure failure = RawSocket.Peek(fd, first, out int count);
        Route route = failure == SocketFailure.WouldBlock ? Route.Undecided : count > 0 ? choose(first[..count]) : Route.Refused;
        if (route == Route.Undecided)
        {
            WaitFor(fd, choose);
        }
        else
        {
            Hand(fd, route, saidSomething: count > 0);
        }
    }

    private void WaitFor(int fd, RouteChooser choose)
    {
        long now = Environment.TickCount64;
        if (_undecided.Count >= _options.MaxUndecided && _undecided.TryTakeOldest(now, evenInTime: true, out int oldest))
        {
            CloseUndecided(oldest);
        }

        uint generation = _undecided.Add(fd, choose, now);
        try
        {
            // Bytes that came since the look are told of at once.
            _epoll.Add(fd, ((ulong)generation << GenerationShift) | (uint)fd, edgeTriggered: true);
        }
        catch (Win32Exception)
        {
            _undecided.Remove(fd);
            RawSocket.Close(fd);
            PauseAccepting();
        }
    }

    private void Decide(int fd, bool isHungUp)
    {
        Span<byte> first = stackalloc byte[RpcLimits.CallPrefix];
        SocketFailure failure = RawSocket.Peek(fd, first, out int count);
        if (failure == SocketFailure.WouldBlock && !isHungUp)
        {
            return;
        }

        Route route = count > 0 ? _undecided.Choose(fd, first[..count]) : Route.Refused;
        if (route == Route.Undecided && !isHungUp)
        {
            return;
        }

        _undecided.Remove(fd);
        _epoll.Remove(fd);
        Hand(fd, route, saidSomething: count > 0);
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
                    FsdLog.GarbageClosed(_logger, garbage);
                }

                break;
        }
    }

    private void GiveAway(int fd)
    {
        try
        {
            _targets.ServeNative(fd);
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
                FsdLog.AdoptionFailed(_logger, count, exception.Message);
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

    private void CloseLate()
    {
        long now = Environment.TickCount64;
        while (_undecided.TryTakeOldest(now, evenInTime: false, out int fd))
        {
            CloseUndecided(fd);
        }
    }

    // Closing takes it out of the epoll set as well: nobody else has a copy of the descriptor yet.
    private void CloseUndecided(int fd)
    {
        RawSocket.Close(fd);
        if (_late.Add() is { } count)
        {
            FsdLog.UndecidedClosed(_logger, count, _options.HeaderTimeout.TotalSeconds);
        }
    }

    // Without descriptors the listener stays readable, and the loop would spin: it looks away for a while instead, and makes room.
    private void PauseAccepting()
    {
        if (_acceptAgainAt != 0)
        {
            return;
        }

        WatchListeners(false);
        FsdLog.AcceptPaused(_logger, AcceptPauseMilliseconds);
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
            WatchListeners(true);
        }
    }

    private void WatchListeners(bool watched)
    {
        foreach (int listener in _listeners.Keys)
        {
            _epoll.Watch(listener, (uint)listener, watched);
        }
    }

    private int WaitMilliseconds()
    {
        if (_toAdopt.Count > 0)
        {
            return AdoptionRetryMilliseconds;
        }

        long now = Environment.TickCount64;
        int next = _undecided.MillisecondsToNext(now);
        if (_acceptAgainAt == 0)
        {
            return next;
        }

        int pause = (int)Math.Max(0, _acceptAgainAt - now);
        return next < 0 ? pause : Math.Min(next, pause);
    }
}
