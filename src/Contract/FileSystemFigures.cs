using KadaluFsd.Linux;

namespace KadaluFsd.Contract;

/// <summary>How full a file system is, as statvfs(3) says.</summary>
/// <param name="SizeBytes">All of it.</param>
/// <param name="FreeBytes">What is free.</param>
/// <param name="AvailableBytes">What is free for others than root.</param>
/// <param name="Inodes">How many files it can have.</param>
/// <param name="FreeInodes">How many more.</param>
/// <param name="IsReadOnly">Whether it is mounted read-only.</param>
public sealed record FileSystemFigures(
    ulong SizeBytes, ulong FreeBytes, ulong AvailableBytes, ulong Inodes, ulong FreeInodes, bool IsReadOnly)
{
    /// <summary>Asks for them.</summary>
    /// <param name="path">Something in the file system.</param>
    /// <returns>The figures; null where it cannot be asked.</returns>
    public static FileSystemFigures? Of(string path) => FileSystemStatus.Read(path, out FileSystemStatus now) != Errno.None
        ? null
        : new FileSystemFigures(now.Size, now.Free, now.Available, now.Inodes, now.FreeInodes, now.IsReadOnly);
}
