using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Events;

/// <summary>Which descriptors are watched, and who is told of each. For one thread.</summary>
/// <param name="epoll">The kernel's side of it; stays the caller's.</param>
internal sealed class WatchedDescriptors(EpollSet epoll)
{
    // Tokens are a generation in the upper half and a descriptor in the lower; generations start at 1.
    private const int GenerationShift = 32;

    // By descriptor: these are small numbers, and the kernel gives the lowest that is free.
    private (uint Generation, IReadinessHandler? Handler)[] _watched = new (uint, IReadinessHandler?)[64];
    private uint _generation;

    /// <summary>Watches a descriptor, or one that is watched in another way.</summary>
    /// <param name="fd">The descriptor; stays the caller's.</param>
    /// <param name="handler">Told of what happens on it.</param>
    /// <param name="interest">What to be told of.</param>
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

    /// <summary>Stops to watch a descriptor; must come before it is closed.</summary>
    /// <param name="isClosing">True when it is closed now and nobody else has a copy of it, which takes it out of the set as
    /// well.</param>
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
    /// Tells of an event, unless it is older than its descriptor's present use: another one was closed earlier in the same round.
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
