using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>A process, and never another one that gets its id later: pidfd_open(2).</summary>
public sealed class ProcessReference : IDisposable
{
    private int _fd;

    private ProcessReference(int id, int fd) => (Id, _fd) = (id, fd);

    /// <summary>Its id.</summary>
    public int Id { get; }

    /// <summary>Whether it has ended, reaped or not.</summary>
    public unsafe bool HasEnded
    {
        get
        {
            var target = new Libc.PollTarget { Fd = _fd, Wanted = Libc.PollIn };
            return Libc.Poll(&target, 1, 0) > 0;
        }
    }

    /// <summary>
    /// Opens a process. Check what it is afterwards: as long as it has not ended, it was that process all the time.
    /// </summary>
    /// <param name="process">The process, to be disposed of by the caller; null on failure.</param>
    /// <returns>ESRCH where there is none, or pidfd_open(2)'s other reasons. None where there is one.</returns>
    public static Errno Open(int id, out ProcessReference? process)
    {
        int fd = Libc.OpenProcess(id, 0);
        Errno error = SystemCall.ErrorOf(fd);
        process = fd < 0 ? null : new ProcessReference(id, fd);
        return error;
    }

    /// <summary>Sends SIGTERM.</summary>
    /// <returns>ESRCH where it has ended, EPERM where it is another user's, or pidfd_send_signal(2)'s other reasons. None where
    /// it was sent.</returns>
    public Errno Terminate() => SystemCall.ErrorOf(Libc.SignalProcess(_fd, Libc.SignalTerminate, 0, 0));

    /// <summary>Sends SIGHUP.</summary>
    /// <returns>As <see cref="Terminate"/>.</returns>
    public Errno Reload() => SystemCall.ErrorOf(Libc.SignalProcess(_fd, Libc.SignalHangUp, 0, 0));

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        _ = fd >= 0 ? LibC.close(fd) : 0;
    }
}
