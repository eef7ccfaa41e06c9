namespace KadaluFsd.Serving.Routing;

/// <summary>
/// Connections whose first call has not arrived, oldest first. All wait equally long, so the oldest is always the next to be over
/// its deadline. For one thread.
/// </summary>
/// <param name="timeoutMilliseconds">How long each may wait.</param>
internal sealed class UndecidedConnections(long timeoutMilliseconds)
{
    private readonly LinkedList<Waiting> _byAge = [];
    private readonly Dictionary<int, LinkedListNode<Waiting>> _byDescriptor = [];

    internal int Count => _byDescriptor.Count;

    /// <summary>Takes a connection in.</summary>
    /// <param name="now">The time, <see cref="Events.EventLoop.Tick"/>.</param>
    internal void Add(int fd, RouteChooser choose, long now) =>
        _byDescriptor.Add(fd, _byAge.AddLast(new Waiting(fd, choose, now + timeoutMilliseconds)));

    /// <summary>Lets a connection go.</summary>
    internal bool Remove(int fd)
    {
        if (!_byDescriptor.Remove(fd, out LinkedListNode<Waiting>? node))
        {
            return false;
        }

        _byAge.Remove(node);
        return true;
    }

    /// <summary>Decides who serves a connection that waits here.</summary>
    /// <returns>What it was taken in with.</returns>
    internal RouteChooser ChooserOf(int fd) => _byDescriptor[fd].Value.Choose;

    /// <summary>Lets the oldest connection go.</summary>
    internal bool TryTakeOldest(out int fd)
    {
        fd = _byAge.First?.Value.Fd ?? -1;
        return fd >= 0 && Remove(fd);
    }

    /// <summary>Lets a connection go that is over its deadline.</summary>
    internal bool TryTakeExpired(long now, out int fd)
    {
        fd = -1;
        return _byAge.First is { } oldest && oldest.Value.Deadline <= now && TryTakeOldest(out fd);
    }

    /// <summary>How long until the oldest connection is over its deadline.</summary>
    /// <returns>Milliseconds, 0 or more; -1 when none wait.</returns>
    internal int MillisecondsToNext(long now) =>
        _byAge.First is { } oldest ? (int)Math.Clamp(oldest.Value.Deadline - now, 0, int.MaxValue) : -1;

    private readonly record struct Waiting(int Fd, RouteChooser Choose, long Deadline);
}
