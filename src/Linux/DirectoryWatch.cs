using System.Buffers.Binary;
using System.Text;
using Tmds.Linux;

namespace KadaluFsd.Linux;

/// <summary>What happened to a file of a watched directory.</summary>
public enum DirectoryChangeKind
{
    /// <summary>It is being written; it may be incomplete.</summary>
    Modified,

    /// <summary>Its writer has closed it, or it was moved into place.</summary>
    Settled,

    /// <summary>It was deleted or moved away.</summary>
    Gone,

    /// <summary>Changes were lost, or the directory is another one: everything must be checked. Has no name.</summary>
    Unknown,
}

/// <summary>A change in a watched directory.</summary>
/// <param name="Name">The file's name in the directory.</param>
/// <param name="Kind">What happened to it.</param>
public readonly record struct DirectoryChange(string Name, DirectoryChangeKind Kind);

/// <summary>
/// Reports changes of files in a directory: inotify(7), of which the runtime's own watcher hides too much. That a writer has
/// closed a file shows that the file is complete.
/// </summary>
public sealed class DirectoryWatch : IDisposable
{
    // struct inotify_event { int wd; uint32_t mask; uint32_t cookie; uint32_t len; char name[]; };
    private const int MaskOffset = 4;
    private const int LengthOffset = 12;
    private const int NameOffset = 16;
    private const uint AllChanges =
        Libc.NotifyModify | Libc.NotifyCloseWrite | Libc.NotifyMovedFrom | Libc.NotifyMovedTo | Libc.NotifyDelete |
        Libc.NotifyOnlyDirectory;

    private readonly int _fd;
    private int _disposed;

    private DirectoryWatch(int fd) => _fd = fd;

    /// <summary>Readable while there are changes; to be watched, level-triggered. Owned by this object.</summary>
    public int Descriptor => _fd;

    /// <summary>Starts watching.</summary>
    /// <param name="directory">Path of the directory.</param>
    /// <returns>The watch; null where the directory does not exist, or no more watches are available.</returns>
    public static DirectoryWatch? TryCreate(string directory)
    {
        int fd = Libc.NotifyInit(Libc.NotifyNonBlockingCloseOnExec);
        if (fd >= 0 && Libc.NotifyAddWatch(fd, directory, AllChanges) >= 0)
        {
            return new DirectoryWatch(fd);
        }

        _ = fd >= 0 ? LibC.close(fd) : 0;
        return null;
    }

    /// <summary>Takes all changes so far, oldest first. Does not wait.</summary>
    public unsafe IReadOnlyList<DirectoryChange> Take()
    {
        var changes = new List<DirectoryChange>();
        Span<byte> buffer = stackalloc byte[8192];
        while (true)
        {
            int count;
            fixed (byte* bytes = buffer)
            {
                count = (int)(long)LibC.read(_fd, bytes, buffer.Length);
            }

            if (count <= 0)
            {
                return changes;
            }

            for (ReadOnlySpan<byte> rest = buffer[..count]; rest.Length >= NameOffset;)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(rest[LengthOffset..]);
                uint mask = BinaryPrimitives.ReadUInt32LittleEndian(rest[MaskOffset..]);
                ReadOnlySpan<byte> name = rest.Slice(NameOffset, length);
                changes.Add(new DirectoryChange(Encoding.UTF8.GetString(name.TrimEnd((byte)0)), KindOf(mask)));
                rest = rest[(NameOffset + length)..];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _ = LibC.close(_fd);
        }
    }

    private static DirectoryChangeKind KindOf(uint mask) => mask switch
    {
        _ when (mask & Libc.NotifyModify) != 0 => DirectoryChangeKind.Modified,
        _ when (mask & (Libc.NotifyCloseWrite | Libc.NotifyMovedTo)) != 0 => DirectoryChangeKind.Settled,
        _ when (mask & (Libc.NotifyMovedFrom | Libc.NotifyDelete)) != 0 => DirectoryChangeKind.Gone,
        _ => DirectoryChangeKind.Unknown,
    };
}
