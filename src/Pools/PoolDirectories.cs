using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Prepares and releases the directories of a pool's units on this node.</summary>
public sealed class PoolDirectories(Pool pool, ThisNode node)
{
    private IEnumerable<UnitDirectory> Here => PathsHere.Select(path => new UnitDirectory(path, pool.Id));

    private IEnumerable<string> PathsHere => node.UnitsOf(pool).Select(member => member.Unit.Path);

    /// <summary>The directories that do not exist yet.</summary>
    public ImmutableArray<string> Missing => [.. PathsHere.Where(path => !Directory.Exists(path))];

    /// <summary>Checks that units can be at their paths. Changes nothing.</summary>
    /// <param name="mayBeOnRoot">Whether one may be in the root file system, which would fill up with it.</param>
    /// <returns>Why some cannot; may be empty.</returns>
    public ImmutableArray<string> CheckPlaces(bool mayBeOnRoot) => [.. PathsHere.SelectMany(path => Problems(path, mayBeOnRoot))];

    /// <summary>Checks their contents. Changes nothing.</summary>
    /// <param name="contents">Their contents, from <see cref="ReadContents"/>.</param>
    /// <param name="existing">What to do with them.</param>
    /// <returns>Why some cannot be used, with all reasons and what can be done; may be empty.</returns>
    public ImmutableArray<string> CheckContents(ImmutableArray<DirectoryContents> contents, ExistingContents existing) =>
        [.. ContentProblems(contents, existing)];

    /// <summary>Their contents.</summary>
    /// <returns>In the order of the units.</returns>
    /// <exception cref="CommandException">One cannot be read.</exception>
    public ImmutableArray<DirectoryContents> ReadContents() => [.. PathsHere.Select(DirectoryContents.Read)];

    /// <summary>The pool whose id all of them carry that are not empty.</summary>
    /// <returns>Its id; null where they carry none, or different ones.</returns>
    public Guid? FindOwner() => ReadContents()
        .Where(contents => !contents.IsNew).Select(contents => contents.Owner).Distinct().ToArray() is [{ } owner] ? owner : null;

    /// <summary>Prepares them for the pool.</summary>
    /// <exception cref="CommandException">One cannot be prepared.</exception>
    public void Prepare()
    {
        foreach (UnitDirectory directory in Here)
        {
            try
            {
                if (!Directory.Exists(directory.Path))
                {
                    OwnFiles.CreateDirectory(directory.Path);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCode.DirectoryRefused, $"unit directory {directory.Path}: {exception.Message}");
            }

            if (!directory.Check(mayInitialise: true))
            {
                directory.WriteVolumeId();
            }

            FaultPoint.Pass("a directory is marked");
            directory.PrepareHidden();
        }
    }

    /// <summary>Removes the pool's marks from them. Files stay.</summary>
    /// <exception cref="CommandException">One cannot be changed.</exception>
    public void Release()
    {
        // Its label stays: the directory may be adopted later.
        IEnumerable<string> unmarked = PathsHere.Where(
            path => UnitMark.Read(path) is null && Directory.Exists(HiddenDirectory.PathIn(path, "00")) &&
                UnitDirectory.IsOf(pool.Id, path));
        foreach (string path in unmarked)
        {
            new UnitMark(pool.Id, Guid.NewGuid()).Write(path);
        }

        foreach (string path in PathsHere.Where(Directory.Exists))
        {
            AtomicFile.RemoveLeftovers(HiddenDirectory.PathIn(path, UnitLabel.FileName));
            AtomicFile.RemoveLeftovers(HiddenDirectory.PathIn(path, UnitMark.FileName));
        }

        foreach (UnitDirectory directory in Here)
        {
            if (directory.RemoveVolumeId())
            {
                FaultPoint.Pass("a directory is released");
            }
        }
    }

    /// <summary>
    /// Undoes an interrupted <see cref="Prepare"/>: removes marks, and the directories that it created if they are empty.
    /// </summary>
    /// <param name="made">The directories that did not exist before.</param>
    /// <param name="discarded">The places of discarded contents, by directory; they are moved back.</param>
    public void Undo(IReadOnlyCollection<string> made, IReadOnlyDictionary<string, string> discarded)
    {
        Release();
        foreach (string path in PathsHere.Where(Directory.Exists))
        {
            if (DirectoryContents.Read(path).IsNew)
            {
                UnitLabel.Remove(path);
            }

            RemoveEmpty(HiddenDirectory.PathIn(path, HiddenDirectory.Indices));
            RemoveEmpty(HiddenDirectory.PathIn(path));
            if (made.Contains(path))
            {
                RemoveEmpty(path);
            }
        }

        foreach ((string path, string place) in discarded)
        {
            DirectoryDiscard.MoveBack(path, place);
        }
    }

    private IEnumerable<string> ContentProblems(ImmutableArray<DirectoryContents> all, ExistingContents existing)
    {
        var used = new List<DirectoryContents>();
        foreach (DirectoryContents contents in all)
        {
            if (contents.FindObjection(pool.Id) is not { } objection)
            {
                continue;
            }

            used.Add(contents);
            if (existing == ExistingContents.Refuse)
            {
                yield return objection;
            }
            else if (existing == ExistingContents.Discard && !IsFree(contents.Path))
            {
                yield return $"{objection}, and a process serves it";
            }
            else if (existing is ExistingContents.Adopt or ExistingContents.Restore && contents.Owner != pool.Id)
            {
                yield return contents.Owner is null ? $"{objection}, and nothing says that it was a unit of this pool: it has " +
                    $"no {UnitDirectory.VolumeIdAttribute}" : objection;
            }
        }

        if (existing is ExistingContents.Adopt or ExistingContents.Restore && all.All(contents => contents.IsNew) &&
            (existing == ExistingContents.Restore || PathsHere.Count() == pool.Units.Count()))
        {
            yield return $"there is nothing of a pool in {string.Join(", ", PathsHere)}";
        }

        if (used.Count > 0 && existing == ExistingContents.Refuse)
        {
            yield return used.All(contents => contents.Owner == pool.Id)
                ? "--adopt lets them join the pool again, healed from its other units; --restore takes everything as it is, " +
                    "where the pool was deleted on all its nodes; --discard moves what is there aside"
                : used.All(contents => contents.Owner is not null)
                    ? "--discard moves what is there aside; to have the same pool again, create it from its definition " +
                        "(--definition), or with --adopt, which takes the id from there"
                    : "--discard moves what is there aside";
        }
    }

    private static bool IsFree(string path)
    {
        DirectoryLock.Take(path, out DirectoryLock? taken);
        using (taken)
        {
            return taken is not null;
        }
    }

    private static IEnumerable<string> Problems(string path, bool mayBeOnRoot)
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
            if (UnitDirectory.ReadVolumeId(path, out _) == Errno.EOPNOTSUPP)
            {
                yield return $"the file system of {path} has no trusted extended attributes";
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
        FileStatus.Read(path, out FileStatus there) == Errno.None &&
        FileStatus.Read("/", out FileStatus root) == Errno.None && there.Device == root.Device;

    private static void RemoveEmpty(string path)
    {
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }
}
