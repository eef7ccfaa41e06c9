using KadaluFsd.Linux;

namespace KadaluFsd.Contract;

/// <summary>The state of a file system, as statvfs(3) reports it.</summary>
/// <param name="SizeBytes">Its size.</param>
/// <param name="FreeBytes">Free space.</param>
/// <param name="AvailableBytes">Free space for users other than root.</param>
/// <param name="Inodes">All inodes.</param>
/// <param name="FreeInodes">Free inodes.</param>
/// <param name="IsReadOnly">Whether it is mounted read-only.</param>
public sealed record FileSystemFigures(
    ulong SizeBytes, ulong FreeBytes, ulong AvailableBytes, ulong Inodes, ulong FreeInodes, bool IsReadOnly)
{
    /// <summary>Reads them.</summary>
    /// <param name="path">Any path in the file system.</param>
    /// <returns>The figures; null where they cannot be read.</returns>
    public static FileSystemFigures? Of(string path) => FileSystemStatus.Read(path, out FileSystemStatus now) != Errno.None
        ? null
        : new FileSystemFigures(now.Size, now.Free, now.Available, now.Inodes, now.FreeInodes, now.IsReadOnly);
}
