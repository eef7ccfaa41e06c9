using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Events;

/// <summary>The watched descriptors with their handlers. For one thread.</summary>
/// <param name="epoll">Remains the caller's.</param>
internal sealed class WatchedDescriptors(EpollSet epoll)
{
    // Tokens are a generation in the upper half and a descriptor in the lower; generations start at 1.
    private const int GenerationShift = 32;

    // By descriptor: these are small numbers, and the kernel gives the lowest that is free.
    private (uint Generation, IReadinessHandler? Handler)[] _watched = new (uint, IReadinessHandler?)[64];
    private uint _generation;

    /// <summary>Watches a descriptor, or changes the events that it is watched for.</summary>
    /// <param name="fd">The descriptor; remains the caller's.</param>
    /// <param name="handler">Called when the descriptor is ready.</param>
    /// <param name="interest">The events to wait for.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no memory or no room for it.</exception>
    internal void Add(int fd, IReadinessHandler handler, EpollInterest interest)
    {
        uint generation = ++_generation;
        ulong token = ((ulong)generation << GenerationShift) | (uint)fd;
        if (fd >= _watched.Length)
        {
            Array.Resize(ref _watched, Math.Max(fd + 1, _watched.Length * 2));
        }

        if (_watched[fd].Handler is not null)
        {
            epoll.Change(fd, token, interest);
        }
        else
        {
            epoll.Add(fd, token, interest);
        }

        _watched[fd] = (generation, handler);
    }

    /// <summary>Stops watching a descriptor; must be called before it is closed. On the loop's thread.</summary>
    /// <param name="isClosing">True when the descriptor is closed right afterwards and has no duplicate: closing removes it from
    /// the epoll set as well.</param>
    internal void Remove(int fd, bool isClosing)
    {
        if (fd >= _watched.Length || _watched[fd].Handler is null)
        {
            return;
        }

        _watched[fd] = default;
        if (!isClosing)
        {
            epoll.Remove(fd);
        }
    }

    /// <summary>
    /// Calls the handler of an event, unless the event is of an earlier descriptor of the same number that was closed in this
    /// round.
    /// </summary>
    internal void Handle(EpollEvent happened)
    {
        // The wake-up's token is no descriptor's.
        uint fd = (uint)happened.Token;
        if (fd < _watched.Length && _watched[fd] is { Handler: { } handler } watched &&
            watched.Generation == (uint)(happened.Token >> GenerationShift))
        {
            handler.OnReady(happened);
        }
    }
}
