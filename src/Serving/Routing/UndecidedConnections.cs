namespace KadaluFsd.Serving.Routing;

/// <summary>
/// Connections whose first call has not arrived, oldest first. All have the same timeout, so the oldest is always the next to
/// expire. For one thread.
/// </summary>
/// <param name="timeoutMilliseconds">How long each may wait.</param>
internal sealed class UndecidedConnections(long timeoutMilliseconds)
{
    private readonly LinkedList<Waiting> _byAge = [];
    private readonly Dictionary<int, LinkedListNode<Waiting>> _byDescriptor = [];

    internal int Count => _byDescriptor.Count;

    /// <summary>Adds a connection.</summary>
    /// <param name="now">The time, <see cref="Events.EventLoop.Tick"/>.</param>
    internal void Add(int fd, RouteChooser choose, long now) =>
        _byDescriptor.Add(fd, _byAge.AddLast(new Waiting(fd, choose, now + timeoutMilliseconds)));

    /// <summary>Removes a connection.</summary>
    internal bool Remove(int fd)
    {
        if (!_byDescriptor.Remove(fd, out LinkedListNode<Waiting>? node))
        {
            return false;
        }

        _byAge.Remove(node);
        return true;
    }

    /// <returns>The function that the connection was added with.</returns>
    internal RouteChooser ChooserOf(int fd) => _byDescriptor[fd].Value.Choose;

    /// <summary>Removes the oldest connection.</summary>
    internal bool TryTakeOldest(out int fd)
    {
        fd = _byAge.First?.Value.Fd ?? -1;
        return fd >= 0 && Remove(fd);
    }

    /// <summary>Removes a connection whose deadline has passed.</summary>
    internal bool TryTakeExpired(long now, out int fd)
    {
        fd = -1;
        return _byAge.First is { } oldest && oldest.Value.Deadline <= now && TryTakeOldest(out fd);
    }

    /// <summary>How long until the deadline of the oldest connection.</summary>
    /// <returns>Milliseconds, 0 or more; -1 when none wait.</returns>
    internal int MillisecondsToNext(long now) =>
        _byAge.First is { } oldest ? (int)Math.Clamp(oldest.Value.Deadline - now, 0, int.MaxValue) : -1;

    private readonly record struct Waiting(int Fd, RouteChooser Choose, long Deadline);
}
