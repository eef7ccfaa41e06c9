using Mono.Unix.Native;

namespace KadaluFsd.Fsd.Control;

/// <summary>How full a file system is, as statvfs(3) says.</summary>
/// <param name="SizeBytes">All of it.</param>
/// <param name="FreeBytes">What is free.</param>
/// <param name="AvailableBytes">What is free for others than root.</param>
/// <param name="Inodes">How many files it can have.</param>
/// <param name="FreeInodes">How many more.</param>
/// <param name="IsReadOnly">Whether it is mounted read-only.</param>
internal sealed record FileSystemFigures(ulong SizeBytes, ulong FreeBytes, ulong AvailableBytes, ulong Inodes, ulong FreeInodes, bool IsReadOnly)
{
    /// <summary>Asks for them.</summary>
    /// <param name="path">Something in the file system.</param>
    /// <returns>The figures; null where it cannot be asked.</returns>
    internal static FileSystemFigures? Of(string path) => Syscall.statvfs(path, out Statvfs now) != 0
        ? null
        : new FileSystemFigures(
            now.f_blocks * now.f_frsize, now.f_bfree * now.f_frsize, now.f_bavail * now.f_frsize, now.f_files, now.f_ffree,
            now.f_flag.HasFlag(MountFlags.ST_RDONLY));
}
