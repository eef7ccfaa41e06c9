using KadaluFsd.Linux;
using KadaluFsd.Serving.Events;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Routing;

/// <summary>Accepts connections of all listeners. On the event loop's thread.</summary>
/// <param name="take">Called with each connection and with the function that chooses its route.</param>
/// <param name="hasRoomFor">Whether a connection may have this descriptor.</param>
/// <param name="makeRoom">Closes that many connections that have not sent anything, or fewer.</param>
/// <param name="logger">Told when it cannot accept.</param>
internal sealed class Acceptor(
    EventLoop loop, Action<int, RouteChooser> take, Func<int, bool> hasRoomFor, Action<int> makeRoom, ILogger logger)
{
    // Bounds how long one listener may keep the loop from everything else.
    private const int AcceptsPerRound = 64;
    private const int PauseMilliseconds = 100;

    private readonly List<Listener> _listeners = [];
    private long _againAt;

    /// <summary>Begins to accept.</summary>
    /// <param name="ports">The listeners; they must stay open until <see cref="Stop"/>.</param>
    internal void Start(IEnumerable<PortListener> ports)
    {
        _listeners.AddRange(ports.SelectMany(port => port.Descriptors, (port, fd) => new Listener(this, fd, port.Choose)));
        Watch(EpollInterest.Readable);
    }

    internal void Stop() => _listeners.ForEach(listener => loop.Unwatch(listener.Fd));

    // Without descriptors a listener stays readable, and the loop would spin.
    /// <summary>Pauses accepting when descriptors or memory run out, and makes room.</summary>
    internal void Pause()
    {
        if (_againAt != 0)
        {
            return;
        }

        Watch(EpollInterest.None);
        RoutingLog.AcceptPaused(logger, PauseMilliseconds);
        _againAt = loop.Tick + PauseMilliseconds;
        makeRoom(AcceptsPerRound);
    }

    /// <summary>How long until accepting is resumed.</summary>
    /// <param name="now">The time, <see cref="EventLoop.Tick"/>.</param>
    /// <returns>Milliseconds; -1 if it is not paused.</returns>
    internal int MillisecondsToNext(long now) => _againAt == 0 ? -1 : (int)Math.Max(0, _againAt - now);

    /// <summary>Resumes accepting when the pause is over.</summary>
    internal void OnRoundEnd()
    {
        if (_againAt != 0 && loop.Tick >= _againAt)
        {
            _againAt = 0;
            Watch(EpollInterest.Readable);
        }
    }

    private void Watch(EpollInterest interest) => _listeners.ForEach(listener => loop.Watch(listener.Fd, listener, interest));

    private void AcceptSome(Listener listener)
    {
        for (int accepted = 0; accepted < AcceptsPerRound; accepted++)
        {
            switch (RawSocket.Accept(listener.Fd, out int fd))
            {
                case SocketFailure.None when hasRoomFor(fd):
                    take(fd, listener.Choose);
                    break;
                case SocketFailure.None:
                    RawSocket.Close(fd);
                    break;
                case SocketFailure.ConnectionGone:
                    break;
                case SocketFailure.OutOfResources:
                    Pause();
                    return;
                default:
                    return;
            }
        }
    }

    private sealed class Listener(Acceptor acceptor, int fd, RouteChooser choose) : IReadinessHandler
    {
        internal int Fd => fd;

        internal RouteChooser Choose => choose;

        public void OnReady(EpollEvent happened) => acceptor.AcceptSome(this);
    }
}
