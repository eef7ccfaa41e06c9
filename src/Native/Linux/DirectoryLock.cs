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
    /// <returns>The lock; null when another process has it, or the directory cannot be opened.</returns>
    public static DirectoryLock? TryTake(string path)
    {
        int fd = FileCalls.OpenDirectory(path);
        if (fd >= 0 && Libc.Flock(fd, Libc.LockExclusive | Libc.LockNonBlocking) == 0)
        {
            return new DirectoryLock(fd);
        }

        _ = fd >= 0 ? LibC.close(fd) : 0;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        _ = fd >= 0 ? LibC.close(fd) : 0;
    }
}
