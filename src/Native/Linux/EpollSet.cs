using System.ComponentModel;
using Tmds.Linux;

namespace KadaluFsd.Native.Linux;

/// <summary>Something happened on a watched descriptor.</summary>
/// <param name="Token">What the descriptor was added with.</param>
/// <param name="IsReadable">It can be read, or has an end of stream or an error to be read.</param>
/// <param name="IsHungUp">The peer has closed, or at least shut down its sending side, or the connection failed.</param>
public readonly record struct EpollEvent(ulong Token, bool IsReadable, bool IsHungUp);

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
        Add(_wakeUp, WakeUpToken, edgeTriggered: true);
    }

    /// <summary>Token of the events that <see cref="WakeUp"/> causes.</summary>
    public const ulong WakeUpToken = ulong.MaxValue;

    /// <summary>Starts to watch a descriptor.</summary>
    /// <param name="fd">The descriptor; stays the caller's. It leaves the set by <see cref="Remove"/> or when it is closed.</param>
    /// <param name="token">Returned with its events.</param>
    /// <param name="edgeTriggered">True to be told once of new bytes, false to be told as long as there are any.</param>
    public unsafe void Add(int fd, ulong token, bool edgeTriggered)
    {
        var request = new epoll_event
        {
            events = LibC.EPOLLIN | LibC.EPOLLRDHUP | (edgeTriggered ? LibC.EPOLLET : 0),
        };
        request.data.u64 = token;
        Check(LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_ADD, fd, &request), "epoll_ctl");
    }

    /// <summary>Looks away from a descriptor for a while, or back. Unlike leaving and entering the set, this cannot fail for want of memory.</summary>
    /// <param name="fd">A descriptor that was added level-triggered.</param>
    /// <param name="token">What it was added with.</param>
    /// <param name="watched">Whether to be told of it.</param>
    public unsafe void Watch(int fd, ulong token, bool watched)
    {
        var request = new epoll_event { events = watched ? LibC.EPOLLIN | LibC.EPOLLRDHUP : 0 };
        request.data.u64 = token;
        Check(LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_MOD, fd, &request), "epoll_ctl");
    }

    /// <summary>Stops to watch a descriptor; nothing happens where it is not in the set.</summary>
    /// <param name="fd">The descriptor.</param>
    public unsafe void Remove(int fd) => _ = LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_DEL, fd, null);

    /// <summary>Waits until something happens.</summary>
    /// <param name="events">Filled from the front.</param>
    /// <param name="timeoutMilliseconds">How long to wait; -1 for ever.</param>
    /// <returns>How many events there are; 0 when the time is up.</returns>
    public unsafe int Wait(Span<EpollEvent> events, int timeoutMilliseconds)
    {
        int capacity = Math.Min(events.Length, 64);
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
                (flags & (LibC.EPOLLRDHUP | LibC.EPOLLERR | LibC.EPOLLHUP)) != 0);
        }

        return count;
    }

    /// <summary>Makes <see cref="Wait"/> return, from any thread.</summary>
    public unsafe void WakeUp()
    {
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

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(LibC.errno, $"{call} failed: error {LibC.errno}");
}
