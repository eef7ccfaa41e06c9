using Mono.Unix.Native;

namespace KadaluFsd.Linux;

/// <summary>How full a file system is, as statvfs(3) says. Sizes in bytes.</summary>
/// <param name="Size">All of it.</param>
/// <param name="Free">What is free.</param>
/// <param name="Available">Free space for users other than root.</param>
/// <param name="Inodes">All inodes; 0 where the file system does not count them.</param>
/// <param name="FreeInodes">Free inodes.</param>
/// <param name="AvailableInodes">Free inodes for users other than root.</param>
/// <param name="IsReadOnly">Whether it is mounted read-only.</param>
public readonly record struct FileSystemStatus(
    ulong Size, ulong Free, ulong Available, ulong Inodes, ulong FreeInodes, ulong AvailableInodes, bool IsReadOnly)
{
    /// <summary>Reads the status.</summary>
    /// <param name="path">Any path in the file system.</param>
    /// <param name="status">The status; default on failure.</param>
    /// <returns>statvfs(3)'s reason, or none.</returns>
    public static Errno Read(string path, out FileSystemStatus status)
    {
        Errno error = SystemCall.ErrorOf(Syscall.statvfs(path, out Statvfs read));
        ulong unit = read.f_frsize;
        status = new FileSystemStatus(
            read.f_blocks * unit, read.f_bfree * unit, read.f_bavail * unit, read.f_files, read.f_ffree, read.f_favail,
            read.f_flag.HasFlag(MountFlags.ST_RDONLY));
        return error;
    }
}
