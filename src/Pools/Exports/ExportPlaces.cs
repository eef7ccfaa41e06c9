using System.Text;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools.Exports;

/// <summary>Where a file server, NFS-Ganesha or Samba, keeps things on this node.</summary>
/// <param name="Fragments">A directory of this program's, with a file for each exported pool.</param>
/// <param name="Configuration">The server's own configuration, which has to include them.</param>
/// <param name="PidFile">The file that a running server has locked.</param>
public sealed record ExportPlaces(string Fragments, string Configuration, string PidFile)
{
    private const string Ending = ".conf";

    // Larger than any configuration of a file server that people write.
    private const int MaxLength = 1 << 20;

    /// <summary>The file of a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    public string FragmentOf(string pool) => Path.Combine(Fragments, pool + Ending);

    /// <summary>All fragments that are there.</summary>
    /// <returns>Their paths, in the order of their names.</returns>
    public string[] ListFragments() =>
        Directory.Exists(Fragments) ? [.. Directory.GetFiles(Fragments, "*" + Ending).Order(StringComparer.Ordinal)] : [];

    /// <summary>Reads a configuration file, whoever has written it.</summary>
    /// <returns>Null where there is none, or it is no regular file of at most 1 MiB that this user may read.</returns>
    internal static string? TryRead(string path)
    {
        try
        {
            return FileStatus.Read(path, out FileStatus there) == Errno.None && there.IsRegular
                ? Encoding.UTF8.GetString(BoundedFile.Read(path, MaxLength)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
