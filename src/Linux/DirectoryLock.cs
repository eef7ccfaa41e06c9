using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>An exclusive flock(2) on a directory, which leaves nothing behind, however the process ends.</summary>
public sealed class DirectoryLock : IDisposable
{
    private int _fd;

    private DirectoryLock(int fd) => _fd = fd;

    /// <summary>Takes the lock, if no other process has it. Does not wait.</summary>
    /// <param name="taken">The lock, to be disposed of by the caller; null where it was not taken.</param>
    /// <returns>EAGAIN where another process has it, or another directory is there by now; or the reason of open(2) or flock(2).
    /// None where it was taken.</returns>
    public static Errno Take(string path, out DirectoryLock? taken)
    {
        taken = null;
        int fd = FileCalls.OpenDirectory(path);
        if (fd < 0)
        {
            return SystemCall.ErrorOf(fd);
        }

        Errno error = SystemCall.ErrorOf(Libc.Flock(fd, Libc.LockExclusive | Libc.LockNonBlocking));
        if (error == Errno.None && !IsStill(path, fd))
        {
            error = Errno.EAGAIN;
        }

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

    /// <summary>Finds the process that has such a lock.</summary>
    /// <returns>The process; null where no process has it, or the file system does not report it (proc_locks(5)).</returns>
    public static int? FindHolder(string path)
    {
        if (FileStatus.Read(path, out FileStatus status) != Errno.None)
        {
            return null;
        }

        // Such as "3: FLOCK  ADVISORY  WRITE 1234 fe:00:131 0 EOF".
        ulong major = ((status.Device >> 8) & 0xFFF) | ((status.Device >> 32) & ~0xFFFUL);
        ulong minor = (status.Device & 0xFF) | ((status.Device >> 12) & ~0xFFUL);
        string device = string.Create(CultureInfo.InvariantCulture, $"{major:x2}:{minor:x2}:{status.Inode}");
        return File.ReadLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, "FLOCK", _, "WRITE", _, _, ..] && words[5] == device)
            .Select(words => int.Parse(words[4], CultureInfo.InvariantCulture))
                .Cast<int?>().FirstOrDefault(process => process > 0);
    }

    // It may have been removed since it was opened.
    private static bool IsStill(string path, int fd)
    {
        using var handle = new SafeFileHandle(fd, ownsHandle: false);
        return FileStatus.Read(path, out FileStatus there) == Errno.None &&
            FileStatus.Read(handle, out FileStatus opened) == Errno.None && there.IsSameFile(opened);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        _ = fd >= 0 ? LibC.close(fd) : 0;
    }
}
