using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Pools;

/// <summary>Finds the process of GlusterFS that serves a directory as a brick; it takes no lock on it.</summary>
internal static class BrickProcess
{
    // Its argument, in GlusterFS's own processes. One of them may serve several bricks, and names the first of them only.
    private static readonly string[] s_programs = ["glusterfsd", "glusterfs"];

    /// <summary>Finds it: it has the directory open as long as it serves it (mount_lock of posix-common.c).</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>The id of the process; null where there is none, or the directory cannot be read.</returns>
    internal static int? FindServing(string directory) =>
        FileStatus.Read(directory, out FileStatus brick) != Errno.None ? null
            : Directory.EnumerateDirectories("/proc")
                .Select(path => int.TryParse(
                    Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
                .Where(id => id > 0 && IsOfGlusterFS(id) && HasOpen(id, brick)).Select(id => (int?)id).FirstOrDefault();

    private static bool IsOfGlusterFS(int id)
    {
        try
        {
            return s_programs.Contains(
                Path.GetFileName(File.ReadAllText($"/proc/{id}/cmdline").Split('\0')[0]), StringComparer.Ordinal);
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            // It has ended.
            return false;
        }
    }

    private static bool HasOpen(int id, FileStatus brick)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Any(
                path => FileStatus.Read(path, out FileStatus open) == Errno.None && open.IsSameFile(brick));
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            return false;
        }
    }
}
