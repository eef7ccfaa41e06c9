using KadaluFsd.Native.Interop;
using Tmds.Linux;

namespace KadaluFsd.Native.Linux;

/// <summary>An exclusive flock(2) on a directory, which leaves nothing behind, however the process ends.</summary>
public sealed class DirectoryLock : IDisposable
{
    private int _fd;

    private DirectoryLock(int fd) => _fd = fd;

    /// <summary>Takes the lock, if nobody has it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="taken">The lock, the caller's to dispose; null where it was not taken.</param>
    /// <returns>EWOULDBLOCK where another process has it, or the reason of open(2) or flock(2). None where it was taken.</returns>
    public static Errno Take(string path, out DirectoryLock? taken)
    {
        taken = null;
        int fd = FileCalls.OpenDirectory(path);
        if (fd < 0)
        {
            return SystemCall.ErrorOf(fd);
        }

        Errno error = SystemCall.ErrorOf(Libc.Flock(fd, Libc.LockExclusive | Libc.LockNonBlocking));
        if (error == Errno.None)
        {
            taken = new DirectoryLock(fd);
        }
        else
        {
            _ = LibC.close(fd);
        }

        return error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        _ = fd >= 0 ? LibC.close(fd) : 0;
    }
}
