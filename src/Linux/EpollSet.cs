using System.ComponentModel;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>What to be told of. Hang-ups are always told.</summary>
[Flags]
public enum EpollInterest
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary>Bytes, or connections to be accepted.</summary>
    Readable = 1,

    /// <summary>Room for bytes to be sent.</summary>
    Writable = 2,

    /// <summary>To be told once of each news, instead of as long as it is so.</summary>
    EdgeTriggered = 4,

    /// <summary>What is out of the ordinary, such as a change of the mount table.</summary>
    Exceptional = 8,
}

/// <summary>Something happened on a watched descriptor.</summary>
/// <param name="Token">What the descriptor was added with.</param>
/// <param name="IsReadable">It can be read, or has an end of stream or an error to be read.</param>
/// <param name="IsWritable">It takes bytes again.</param>
/// <param name="IsHungUp">The peer has closed, or at least shut down its sending side, or the connection failed.</param>
public readonly record struct EpollEvent(ulong Token, bool IsReadable, bool IsWritable, bool IsHungUp);

/// <summary>A set of descriptors of which one thread waits for some to become readable: epoll(7).</summary>
/// <remarks>
/// For sockets that will be given away. The runtime's own event loop would keep watching them after that, and every packet would
/// then wake it.
/// </remarks>
public sealed class EpollSet : IDisposable
{
    private readonly int _epoll;
    private readonly int _wakeUp;
    private bool _disposed;

    /// <summary>An empty set.</summary>
    public EpollSet()
    {
        _epoll = Check(LibC.epoll_create1(LibC.EPOLL_CLOEXEC), "epoll_create1");
        _wakeUp = Check(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK), "eventfd");
        Add(_wakeUp, WakeUpToken, EpollInterest.Readable | EpollInterest.EdgeTriggered);
    }

    /// <summary>Most events that one <see cref="Wait"/> gives.</summary>
    public const int MaxEvents = 64;

    /// <summary>Token of the events that <see cref="WakeUp"/> causes.</summary>
    public const ulong WakeUpToken = ulong.MaxValue;

    /// <summary>Starts to watch a descriptor.</summary>
    /// <param name="fd">The descriptor; stays the caller's. It leaves the set by <see cref="Remove"/> or when it is
    /// closed.</param>
    /// <param name="token">Returned with its events.</param>
    /// <param name="interest">What to be told of.</param>
    /// <exception cref="Win32Exception">The system has no memory or no room for it.</exception>
    public void Add(int fd, ulong token, EpollInterest interest) => Control(LibC.EPOLL_CTL_ADD, fd, token, interest);

    /// <summary>
    /// Watches a descriptor for something else. Unlike leaving and entering the set, this cannot fail for want of memory.
    /// </summary>
    /// <param name="fd">A descriptor in the set.</param>
    /// <param name="token">Returned with its events from now on.</param>
    /// <param name="interest">What to be told of.</param>
    public void Change(int fd, ulong token, EpollInterest interest) => Control(LibC.EPOLL_CTL_MOD, fd, token, interest);

    /// <summary>Stops to watch a descriptor; nothing happens where it is not in the set.</summary>
    public unsafe void Remove(int fd) => _ = LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_DEL, fd, null);

    /// <summary>Waits until something happens.</summary>
    /// <param name="events">Filled from the front.</param>
    /// <param name="timeoutMilliseconds">How long to wait; -1 for ever.</param>
    /// <returns>How many events there are; 0 when the time is up.</returns>
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
