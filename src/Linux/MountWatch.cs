using Microsoft.Win32.SafeHandles;

namespace KadaluFsd.Linux;

/// <summary>Reports mounts and unmounts in this process's mount namespace (proc_pid_mountinfo(5): POLLPRI).</summary>
public sealed class MountWatch : IDisposable
{
    private const ulong MountsToken = 1;
    private readonly SafeFileHandle _mounts = File.OpenHandle("/proc/self/mountinfo");
    private readonly EpollSet _epoll = new();

    /// <summary>Starts watching.</summary>
    public MountWatch() => _epoll.Add((int)_mounts.DangerousGetHandle(), MountsToken, EpollInterest.Exceptional);

    /// <summary>Waits for a change. On one thread.</summary>
    public void Wait(TimeSpan atMost)
    {
        Span<EpollEvent> events = stackalloc EpollEvent[2];
        _epoll.Wait(events, (int)atMost.TotalMilliseconds);
    }

    /// <summary>Ends the wait. From any thread.</summary>
    public void WakeUp() => _epoll.WakeUp();

    /// <inheritdoc/>
    public void Dispose()
    {
        _epoll.Dispose();
        _mounts.Dispose();
    }
}
