using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Pools.Exports;

/// <summary>Where a file server, NFS-Ganesha or Samba, keeps things on this node.</summary>
/// <param name="Program">The name of its program.</param>
/// <param name="Fragments">A directory of this program's, with a file for each exported pool.</param>
/// <param name="Configuration">The server's own configuration, which has to include them.</param>
/// <param name="PidFile">The file that a running server has locked.</param>
public sealed record ExportPlaces(string Program, string Fragments, string Configuration, string PidFile)
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

    /// <summary>Whether the server's configuration includes something.</summary>
    /// <param name="isIncluding">Whether a line of it does.</param>
    internal bool Includes(Func<string, bool> isIncluding) =>
        TryRead(Configuration)?.Split('\n').Any(line => isIncluding(line.Trim())) == true;

    /// <summary>Rejects a file that somebody else has made where a fragment is to be.</summary>
    /// <param name="file">The fragment.</param>
    /// <param name="isOurs">Whether it is this program's, by what is in it.</param>
    /// <exception cref="CommandException">It is somebody else's.</exception>
    internal static void RefuseOthers(string file, bool isOurs)
    {
        if (FileStatus.ReadLink(file, out FileStatus there) == Errno.None && (!isOurs || !there.IsRegular))
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"{file} is there, and not made by this command for this pool: move it elsewhere");
        }
    }

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
