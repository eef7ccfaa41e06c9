using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>Calls on files that .NET has no methods for.</summary>
public static class FileCalls
{
    /// <summary>Whether this process may list, change and search a directory.</summary>
    /// <returns>access(2)'s reason why it may not, or none.</returns>
    public static unsafe Errno MayUse(string path)
    {
        fixed (byte* name = NativePath.ToBytes(path))
        {
            return SystemCall.ErrorOf(LibC.access(name, LibC.R_OK | LibC.W_OK | LibC.X_OK));
        }
    }

    /// <summary>Changes the owner and group of a file.</summary>
    /// <returns>chown(2)'s reason, or none.</returns>
    public static unsafe Errno SetOwner(string path, uint user, uint group)
    {
        fixed (byte* name = NativePath.ToBytes(path))
        {
            return SystemCall.ErrorOf(LibC.chown(name, user, group));
        }
    }

    /// <summary>Writes the entries of a directory to disk, so that a file put there is found after a power failure.</summary>
    /// <returns>The reason of open(2) or fsync(2), or none.</returns>
    public static Errno FlushDirectory(string path)
    {
        int fd = OpenDirectory(path);
        if (fd < 0)
        {
            return SystemCall.ErrorOf(fd);
        }

        Errno error = SystemCall.ErrorOf(LibC.fsync(fd));
        _ = LibC.close(fd);
        return error;
    }

    /// <summary>Whether a file can be opened for writing without waiting: a named pipe needs somebody who reads it.</summary>
    /// <returns>open(2)'s reason why it cannot, ENXIO for a pipe without a reader; or none.</returns>
    public static unsafe Errno MayWrite(string path)
    {
        int fd;
        fixed (byte* name = NativePath.ToBytes(path))
        {
            fd = LibC.open(name, LibC.O_WRONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        }

        Errno error = SystemCall.ErrorOf(fd);
        if (error == Errno.None)
        {
            _ = LibC.close(fd);
        }

        return error;
    }

    /// <summary>Creates a hard link.</summary>
    /// <param name="name">The new name, in the same file system.</param>
    /// <returns>link(2)'s reason, or none.</returns>
    public static unsafe Errno Link(string path, string name)
    {
        fixed (byte* from = NativePath.ToBytes(path), to = NativePath.ToBytes(name))
        {
            return SystemCall.ErrorOf(LibC.link(from, to));
        }
    }

    /// <summary>Renames a file or directory, atomically. Copies nothing.</summary>
    /// <param name="name">The new name; a file, or an empty directory, of that name is replaced.</param>
    /// <returns>rename(2)'s reason, or none: EXDEV where the new name is in another file system, EBUSY for a mount
    /// point.</returns>
    public static Errno Rename(string path, string name) => SystemCall.ErrorOf(Libc.Rename(path, name));

    /// <summary>Has every write to an open file go to its end, wherever that is by then (O_APPEND).</summary>
    internal static void AlwaysAppend(SafeFileHandle file)
    {
        int fd = (int)file.DangerousGetHandle();
        _ = LibC.fcntl(fd, LibC.F_SETFL, LibC.fcntl(fd, LibC.F_GETFL) | LibC.O_APPEND);
    }

    /// <summary>Opens a directory, closed on exec: open(2).</summary>
    /// <returns>Its descriptor, to be closed by the caller; negative where it cannot be opened (errno says why).</returns>
    internal static unsafe int OpenDirectory(string path)
    {
        fixed (byte* name = NativePath.ToBytes(path))
        {
            return LibC.open(name, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC);
        }
    }
}
