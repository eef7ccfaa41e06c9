using KadaluFsd.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Checks the real paths of this node's units, with links resolved: two names of one directory would make one copy of two, and
/// some directories must not be units.
/// </summary>
public static class UnitPlaces
{
    private const int MaxLinks = 40;

    // Directories of the system (file-hierarchy(7)); nothing in them may be a unit.
    private static readonly string[] s_systems =
        ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/usr"];

    // Directories whose subdirectories may be units.
    private static readonly string[] s_shared =
        ["/", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/tmp", "/var", "/var/cache", "/var/lib", "/var/log",
            "/var/spool", "/var/tmp"];

    /// <summary>Checks the paths of a new pool's units.</summary>
    /// <param name="own">The product's own directories.</param>
    /// <returns>A problem for each unit.</returns>
    public static IEnumerable<string> Check(Pool pool, Pool[] others, ThisNode node, IEnumerable<string> own)
    {
        (string Path, string Real)[] ours =
            [.. node.UnitsOf(pool).Select(member => (member.Unit.Path, RealPath(member.Unit.Path)))];
        string[] realOwn = [.. own.Select(RealPath)];
        foreach ((string path, string real) in ours)
        {
            string where = path == real ? path : $"{path}, which is {real},";
            if (s_systems.Any(system => IsIn(path, system) || IsIn(real, system) || IsIn(real, RealPath(system))) ||
                s_shared.Contains(real))
            {
                yield return $"{where} is the system's";
            }

            if (realOwn.Any(directory => IsIn(real, directory) || IsIn(directory, real)))
            {
                yield return $"{where} lies in what kadalu-fsd itself keeps, or around it";
            }
        }

        (string Name, string Path, string Real)[] all =
        [
            .. ours.Select(unit => ("", unit.Path, unit.Real)),
            .. others.SelectMany(other => node.UnitsOf(other), (other, member) =>
                ($" of the pool \"{other.Name}\"", member.Unit.Path, RealPath(member.Unit.Path))),
        ];
        for (int one = 0; one < ours.Length; one++)
        {
            var same = all.Skip(one + 1).Where(other => AreOne(ours[one].Real, other.Real));
            foreach ((string name, string path, string real) in same)
            {
                yield return $"{ours[one].Path} and {path}{name} are one directory, or one lies in the other: " +
                    $"{ours[one].Real}, {real}";
            }
        }
    }

    /// <summary>Resolves all links in a path, as far as it exists.</summary>
    /// <param name="path">An absolute path; its end need not exist.</param>
    /// <returns>The path without links; unresolved where links form a loop.</returns>
    public static string RealPath(string path)
    {
        var left = new Stack<string>(path.Split('/').Reverse());
        string real = "";
        for (int links = 0; left.TryPop(out string? part);)
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                real = real[..Math.Max(0, real.LastIndexOf('/'))];
                continue;
            }

            string? target = new FileInfo($"{real}/{part}").LinkTarget;
            if (target is null || ++links > MaxLinks)
            {
                real = $"{real}/{part}";
                continue;
            }

            real = target.StartsWith('/') ? "" : real;
            foreach (string next in target.Split('/').Reverse())
            {
                left.Push(next);
            }
        }

        return real.Length > 0 ? real : "/";
    }

    private static bool IsIn(string path, string directory) =>
        path == directory || directory == "/" || path.StartsWith(directory + "/", StringComparison.Ordinal);

    // A file system may be mounted in two places.
    private static bool AreOne(string one, string other) => IsIn(one, other) || IsIn(other, one) ||
        (FileStatus.Read(one, out FileStatus ours) == Errno.None && FileStatus.Read(other, out FileStatus theirs) == Errno.None &&
            ours.IsSameFile(theirs));
}
