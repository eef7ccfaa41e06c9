using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>A directory, and the file system that it is in. Reading it may take as long as the disk does.</summary>
/// <param name="Problem">Why nothing else is known; null where it is.</param>
/// <param name="IsMarked">Whether it carries the id that it was asked for.</param>
/// <param name="Device">The file system.</param>
/// <param name="IsOnRoot">Whether that is the root file system.</param>
/// <param name="FileSystem">How full it is.</param>
public sealed record DirectoryFacts(string? Problem, bool IsMarked, ulong Device, bool IsOnRoot, FileSystemStatus FileSystem)
{
    /// <summary>Reads them.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="pool">The id that it is to carry.</param>
    public static DirectoryFacts Read(string path, Guid pool)
    {
        Errno error = FileStatus.Read(path, out FileStatus there);
        if (error is Errno.ENOENT or Errno.ENOTDIR)
        {
            return new DirectoryFacts("is not there", false, 0, false, default);
        }

        if (error == Errno.None)
        {
            error = FileSystemStatus.Read(path, out FileSystemStatus fileSystem);
            if (error == Errno.None)
            {
                return new DirectoryFacts(
                    null, UnitDirectory.IsOf(pool, path), there.Device,
                    FileStatus.Read("/", out FileStatus root) == Errno.None && root.Device == there.Device, fileSystem);
            }
        }

        return new DirectoryFacts($"cannot be read: {error.Describe()}", false, 0, false, default);
    }
}
