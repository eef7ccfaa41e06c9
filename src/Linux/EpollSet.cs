using System.ComponentModel;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>The events to wait for. Hang-ups are always reported.</summary>
[Flags]
public enum EpollInterest
{
    /// <summary>Only hang-ups.</summary>
    None = 0,

    /// <summary>Bytes, or connections to be accepted, have arrived.</summary>
    Readable = 1,

    /// <summary>There is room for bytes to be sent.</summary>
    Writable = 2,

    /// <summary>Edge-triggered: reported once, instead of as long as it holds.</summary>
    EdgeTriggered = 4,

    /// <summary>EPOLLPRI, such as a change of the mount table.</summary>
    Exceptional = 8,
}

/// <summary>An event of a watched descriptor.</summary>
/// <param name="Token">What the descriptor was added with.</param>
/// <param name="IsReadable">It can be read, or has an end of stream or an error to be read.</param>
/// <param name="IsWritable">It can be written.</param>
/// <param name="IsHungUp">The peer has closed, or at least shut down its sending side, or the connection failed.</param>
public readonly record struct EpollEvent(ulong Token, bool IsReadable, bool IsWritable, bool IsHungUp);

/// <summary>A set of descriptors that one thread waits for: epoll(7).</summary>
/// <remarks>
/// For sockets that will be passed on. The runtime's own event loop would keep watching them, and every packet would then wake
/// it.
/// </remarks>
public sealed class EpollSet : IDisposable
{
    private readonly int _epoll;
    private readonly int _wakeUp;
    private bool _disposed;

    /// <summary>Creates an empty set.</summary>
    public EpollSet()
    {
        _epoll = Check(LibC.epoll_create1(LibC.EPOLL_CLOEXEC), "epoll_create1");
        _wakeUp = Check(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK), "eventfd");
        Add(_wakeUp, WakeUpToken, EpollInterest.Readable | EpollInterest.EdgeTriggered);
    }

    /// <summary>The most events that one <see cref="Wait"/> returns.</summary>
    public const int MaxEvents = 64;

    /// <summary>Token of the events that <see cref="WakeUp"/> causes.</summary>
    public const ulong WakeUpToken = ulong.MaxValue;

    /// <summary>Starts watching a descriptor.</summary>
    /// <param name="fd">The descriptor; remains the caller's. It leaves the set by <see cref="Remove"/>, or when it is
    /// closed.</param>
    /// <param name="token">Returned with its events.</param>
    /// <param name="interest">The events to wait for.</param>
    /// <exception cref="Win32Exception">The system has no memory or no room for it.</exception>
    public void Add(int fd, ulong token, EpollInterest interest) => Control(LibC.EPOLL_CTL_ADD, fd, token, interest);

    /// <summary>
    /// Changes the events that a descriptor is watched for. Unlike removing and adding it, this cannot fail for want of memory.
    /// </summary>
    /// <param name="fd">A descriptor in the set.</param>
    /// <param name="token">Returned with its events from now on.</param>
    /// <param name="interest">The events to wait for.</param>
    public void Change(int fd, ulong token, EpollInterest interest) => Control(LibC.EPOLL_CTL_MOD, fd, token, interest);

    /// <summary>Stops watching a descriptor; does nothing if it is not in the set.</summary>
    public unsafe void Remove(int fd) => _ = LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_DEL, fd, null);

    /// <summary>Waits for events.</summary>
    /// <param name="events">Filled from the front.</param>
    /// <param name="timeoutMilliseconds">How long to wait; -1 for ever.</param>
    /// <returns>The number of events; 0 when the timeout has passed.</returns>
    public unsafe int Wait(Span<EpollEvent> events, int timeoutMilliseconds)
    {
        int capacity = Math.Min(events.Length, MaxEvents);
        epoll_event* happened = stackalloc epoll_event[capacity];
        int count = LibC.epoll_wait(_epoll, happened, capacity, timeoutMilliseconds);
        if (count < 0 && LibC.errno == LibC.EINTR)
        {
            return 0;
        }

        Check(count, "epoll_wait");
        for (int index = 0; index < count; index++)
        {
            int flags = happened[index].events;
            events[index] = new EpollEvent(
                happened[index].data.u64,
                (flags & (LibC.EPOLLIN | LibC.EPOLLERR | LibC.EPOLLHUP)) != 0,
                (flags & (LibC.EPOLLOUT | LibC.EPOLLERR | LibC.EPOLLHUP)) != 0,
                (flags & (LibC.EPOLLRDHUP | LibC.EPOLLERR | LibC.EPOLLHUP)) != 0);
        }

        return count;
    }

    /// <summary>Makes <see cref="Wait"/> return, from any thread.</summary>
    public unsafe void WakeUp()
    {
        if (_disposed)
        {
            return;
        }

        ulong one = 1;
        _ = LibC.write(_wakeUp, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ = LibC.close(_wakeUp);
            _ = LibC.close(_epoll);
        }
    }

    private unsafe void Control(int operation, int fd, ulong token, EpollInterest interest)
    {
        var request = new epoll_event
        {
            events = LibC.EPOLLRDHUP |
                (interest.HasFlag(EpollInterest.Readable) ? LibC.EPOLLIN : 0) |
                (interest.HasFlag(EpollInterest.Writable) ? LibC.EPOLLOUT : 0) |
                (interest.HasFlag(EpollInterest.Exceptional) ? LibC.EPOLLPRI : 0) |
                (interest.HasFlag(EpollInterest.EdgeTriggered) ? LibC.EPOLLET : 0),
        };
        request.data.u64 = token;
        Check(LibC.epoll_ctl(_epoll, operation, fd, &request), "epoll_ctl");
    }

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(LibC.errno, $"{call} failed: error {LibC.errno}");
}
