using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>What stat(2) reports about a file and .NET does not.</summary>
/// <param name="Device">The file system it is in.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="IsRegular">Whether it is a regular file.</param>
/// <param name="IsSocket">Whether it is a unix socket.</param>
/// <param name="IsPipe">Whether it is a pipe; opening a named one may wait for whoever opens the other end.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="User">Owner.</param>
/// <param name="Group">Group.</param>
public readonly record struct FileStatus(
    ulong Device, ulong Inode, bool IsRegular, bool IsSocket, bool IsPipe, ulong Links, uint User, uint Group)
{
    /// <summary>Reads the status of a file; follows symbolic links.</summary>
    /// <param name="status">The status; default on failure.</param>
    /// <returns>stat(2)'s reason, or none.</returns>
    public static unsafe Errno Read(string path, out FileStatus status)
    {
        stat read = default;
        fixed (byte* name = NativePath.ToBytes(path))
        {
            return From(LibC.stat(name, &read), read, out status);
        }
    }

    /// <summary>Reads the status of a file; does not follow a symbolic link.</summary>
    /// <param name="status">The status; default on failure.</param>
    /// <returns>lstat(2)'s reason, or none.</returns>
    public static unsafe Errno ReadLink(string path, out FileStatus status)
    {
        stat read = default;
        fixed (byte* name = NativePath.ToBytes(path))
        {
            return From(LibC.lstat(name, &read), read, out status);
        }
    }

    /// <summary>Reads the status of an open file.</summary>
    /// <param name="file">The file, the caller's.</param>
    /// <param name="status">The status; default on failure.</param>
    /// <returns>fstat(2)'s reason, or none.</returns>
    public static unsafe Errno Read(SafeFileHandle file, out FileStatus status)
    {
        stat read = default;
        return From(LibC.fstat((int)file.DangerousGetHandle(), &read), read, out status);
    }

    /// <summary>Whether both are the same file.</summary>
    public bool IsSameFile(FileStatus other) => (Device, Inode) == (other.Device, other.Inode);

    private static Errno From(int result, in stat read, out FileStatus status)
    {
        Errno error = SystemCall.ErrorOf(result);
        status = new FileStatus(
            read.st_dev, read.st_ino, LibC.S_ISREG(read.st_mode), LibC.S_ISSOCK(read.st_mode), LibC.S_ISFIFO(read.st_mode),
            read.st_nlink, read.st_uid, read.st_gid);
        return error;
    }
}
