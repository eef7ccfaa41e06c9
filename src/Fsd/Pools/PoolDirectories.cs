using System.Collections.Immutable;
using KadaluFsd.Fsd.Unit;
using KadaluFsd.Native.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>The directories of a pool's units on this node: made ready for the pool, and freed of it.</summary>
/// <param name="pool">The pool.</param>
/// <param name="node">This node.</param>
internal sealed class PoolDirectories(Pool pool, ThisNode node)
{
    private IEnumerable<UnitDirectory> Here => PathsHere.Select(path => new UnitDirectory(path, pool.Id));

    private IEnumerable<string> PathsHere => node.UnitsOf(pool).Select(member => member.Unit.Path);

    /// <summary>Those that are not there yet.</summary>
    internal ImmutableArray<string> Missing => [.. PathsHere.Where(path => !Directory.Exists(path))];

    /// <summary>Checks that every directory can become this pool's. Changes nothing.</summary>
    /// <param name="mayBeOnRoot">Whether one may lie in the root file system, which fills up with it.</param>
    /// <returns>Why some cannot; empty where all can.</returns>
    internal ImmutableArray<string> Check(bool mayBeOnRoot) => [.. PathsHere.SelectMany(path => Problems(path, mayBeOnRoot))];

    /// <summary>Makes them this pool's.</summary>
    /// <exception cref="StartException">One cannot be.</exception>
    internal void Prepare()
    {
        foreach (UnitDirectory directory in Here)
        {
            try
            {
                Directory.CreateDirectory(directory.Path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new StartException(ExitCode.DirectoryRefused, $"unit directory {directory.Path}: {exception.Message}");
            }

            if (!directory.Check(mayInitialise: true))
            {
                directory.WriteVolumeId();
            }

            FaultPoint.Pass("a directory is marked");
            directory.PrepareHidden();
        }
    }

    /// <summary>Takes the pool's mark off them. Files stay.</summary>
    /// <exception cref="StartException">One cannot be changed.</exception>
    internal void Release()
    {
        foreach (string path in PathsHere.Where(path => UnitDirectory.ReadVolumeId(path, out Guid found) == Errno.None && found == pool.Id))
        {
            if (ExtendedAttribute.Remove(path, UnitDirectory.VolumeIdAttribute) is not Errno.None and var error)
            {
                throw new StartException(ExitCode.DirectoryRefused, $"unit directory {path}: cannot remove {UnitDirectory.VolumeIdAttribute}: {error.Describe()}");
            }

            FaultPoint.Pass("a directory is released");
        }
    }

    /// <summary>Takes back what <see cref="Prepare"/> did before it broke off: marks, and directories it made, where nothing is in them.</summary>
    /// <param name="made">The directories that were not there before.</param>
    internal void Undo(IReadOnlyCollection<string> made)
    {
        Release();
        foreach (string path in PathsHere.Where(Directory.Exists))
        {
            RemoveEmpty(Path.Combine(path, ".glusterfs", "indices"));
            RemoveEmpty(Path.Combine(path, ".glusterfs"));
            if (made.Contains(path))
            {
                RemoveEmpty(path);
            }
        }
    }

    private IEnumerable<string> Problems(string path, bool mayBeOnRoot)
    {
        string? there = path;
        while (there is not null && !Directory.Exists(there))
        {
            if (File.Exists(there))
            {
                yield return $"{there} is not a directory";
                yield break;
            }

            there = Path.GetDirectoryName(there);
        }

        if (there != path && there != Path.GetDirectoryName(path))
        {
            yield return $"{Path.GetDirectoryName(path)} does not exist: is its file system mounted?";
        }
        else if (!mayBeOnRoot && IsOnRoot(there!))
        {
            yield return $"{path} is in the root file system, which would fill up with it (--root-partition allows it)";
        }

        if (there == path)
        {
            switch (UnitDirectory.ReadVolumeId(path, out Guid found))
            {
                case Errno.None when found != pool.Id:
                    yield return $"{path} belongs to the pool with the id {found}";
                    break;
                case Errno.EOPNOTSUPP:
                    yield return $"the file system of {path} has no trusted extended attributes";
                    break;
            }
        }

        if (ParentUnit(path) is { } parent)
        {
            yield return $"{path} lies inside of {parent}, which is a storage unit";
        }
    }

    private static string? ParentUnit(string path)
    {
        for (string? parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (UnitDirectory.ReadVolumeId(parent, out _) == Errno.None)
            {
                return parent;
            }
        }

        return null;
    }

    private static bool IsOnRoot(string path) =>
        FileStatus.Read(path, out FileStatus there) == Errno.None && FileStatus.Read("/", out FileStatus root) == Errno.None && there.Device == root.Device;

    private static void RemoveEmpty(string path)
    {
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }
}
