using System.Text;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>
/// A file below a directory, whatever others make of the names that lead to it: no symbolic link is followed, and no name leads out of the
/// directory or into another file system. It stays the same file when it is renamed.
/// </summary>
public sealed class ConfinedFile : IDisposable
{
    private const int LinkMax = 4096;

    private int _fd;

    private ConfinedFile(int fd, FileFacts facts) => (_fd, Facts) = (fd, facts);

    /// <summary>What it is, as it was when it was opened.</summary>
    public FileFacts Facts { get; }

    /// <summary>Where it is as long as this is open, for calls that take a path.</summary>
    public string Place => $"/proc/self/fd/{_fd}";

    /// <summary>Opens a file without opening its contents.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="names">The names from there on; none for the directory itself.</param>
    /// <param name="file">The file, to be disposed of by the caller; null on failure.</param>
    /// <returns>openat(2)'s reason, or none: ELOOP or ENOTDIR where a name is a symbolic link, EXDEV in another file system, EINVAL for
    /// what is no name.</returns>
    public static Errno Open(string directory, IReadOnlyCollection<string> names, out ConfinedFile? file)
    {
        ArgumentNullException.ThrowIfNull(names);
        file = null;
        if (!names.All(IsName))
        {
            return Errno.EINVAL;
        }

        int fd = FileCalls.OpenDirectory(directory);
        Errno error = SystemCall.ErrorOf(fd);
        FileFacts facts = default;
        error = error == Errno.None ? FileFacts.Read(fd, out facts) : error;
        ulong device = facts.Device;
        int left = names.Count;
        foreach (string name in names.TakeWhile(_ => error == Errno.None))
        {
            int next = OpenAt(fd, name, --left > 0);
            error = SystemCall.ErrorOf(next);
            _ = LibC.close(fd);
            fd = next;
            error = error == Errno.None ? FileFacts.Read(fd, out facts) : error;
            error = error == Errno.None && facts.Device != device ? Errno.EXDEV : error;
        }

        if (error == Errno.None)
        {
            file = new ConfinedFile(fd, facts);
        }
        else if (fd >= 0)
        {
            _ = LibC.close(fd);
        }

        return error;
    }

    /// <summary>Opens its contents, if it is a regular file.</summary>
    /// <param name="contents">They, to be disposed of by the caller; null on failure.</param>
    /// <returns>open(2)'s reason, or none; EINVAL for another kind of file.</returns>
    public unsafe Errno OpenContents(out SafeFileHandle? contents)
    {
        contents = null;
        if (!Facts.IsRegular)
        {
            return Errno.EINVAL;
        }

        int fd;
        fixed (byte* name = NativePath.ToBytes(Place))
        {
            fd = LibC.open(name, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        }

        Errno error = SystemCall.ErrorOf(fd);
        contents = error == Errno.None ? new SafeFileHandle(fd, ownsHandle: true) : null;
        return error;
    }

    /// <summary>Reads where a symbolic link leads.</summary>
    /// <returns>The text of the link; null where it is none.</returns>
    public byte[]? ReadLink()
    {
        byte[] text = new byte[LinkMax];
        long length = Syscall.readlinkat(_fd, "", text);
        return length < 0 ? null : text[..(int)length];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        _ = fd >= 0 ? LibC.close(fd) : 0;
    }

    private static bool IsName(string name) =>
        name is not ("" or "." or "..") && name.IndexOfAny(['/', '\0']) < 0 && Encoding.UTF8.GetByteCount(name) <= 255;

    private static unsafe int OpenAt(int directory, string name, bool isDirectory)
    {
        fixed (byte* bytes = NativePath.ToBytes(name))
        {
            return LibC.openat(
                directory, bytes, LibC.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC | (isDirectory ? LibC.O_DIRECTORY : 0));
        }
    }
}

/// <summary>What fstat(2) says of a file.</summary>
/// <param name="Device">The file system it is in.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Mode">Kind and permissions.</param>
/// <param name="Size">Bytes.</param>
/// <param name="User">Owner.</param>
/// <param name="Group">Group.</param>
/// <param name="Seconds">When it was modified, in seconds since 1970.</param>
/// <param name="Nanoseconds">And this much later.</param>
public readonly record struct FileFacts(
    ulong Device, ulong Inode, uint Mode, long Size, uint User, uint Group, long Seconds, long Nanoseconds)
{
    private const uint KindMask = 0xF000;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => (Mode & KindMask) == 0x8000;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & KindMask) == 0x4000;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (Mode & KindMask) == 0xA000;

    /// <summary>Its permissions, with the three bits before them.</summary>
    public uint Permissions => Mode & 0xFFF;

    internal static unsafe Errno Read(int fd, out FileFacts facts)
    {
        stat read = default;
        Errno error = SystemCall.ErrorOf(LibC.fstat(fd, &read));
        facts = new FileFacts(
            read.st_dev, read.st_ino, (uint)read.st_mode, read.st_size, read.st_uid, read.st_gid, read.st_mtim.tv_sec,
            read.st_mtim.tv_nsec);
        return error;
    }
}
