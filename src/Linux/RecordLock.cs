using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>
/// A lock of a process on a whole file, fcntl(2), as glusterfsd holds one on its pid file: the kernel knows its owner, and it
/// ends with the process. It also ends when its owner closes the file after having opened it a second time.
/// </summary>
public static class RecordLock
{
    /// <summary>Takes the lock. Does not wait.</summary>
    /// <param name="file">The file, open for writing; remains the caller's.</param>
    /// <returns>EAGAIN or EACCES where another process has it, or fcntl(2)'s other reasons. None where it was taken.</returns>
    public static unsafe Errno Take(SafeFileHandle file)
    {
        var range = new Libc.RecordLockRange { Kind = Libc.WriteLock };
        return SystemCall.ErrorOf(Libc.ControlRecordLock((int)file.DangerousGetHandle(), Libc.SetRecordLock, &range));
    }

    /// <summary>Finds the owner of the lock.</summary>
    /// <param name="path">The file. Not one that this process has locked: it would lose the lock.</param>
    /// <returns>The process id; null where no visible process has the lock, or the file cannot be opened.</returns>
    public static unsafe int? FindHolder(string path)
    {
        int fd;
        fixed (byte* name = NativePath.ToBytes(path))
        {
            fd = LibC.open(name, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        }

        if (fd < 0)
        {
            return null;
        }

        var range = new Libc.RecordLockRange { Kind = Libc.WriteLock };
        int result = Libc.ControlRecordLock(fd, Libc.GetRecordLock, &range);
        _ = LibC.close(fd);
        return result == 0 && range.Kind != Libc.NoLock && range.Process > 0 ? range.Process : null;
    }
}
