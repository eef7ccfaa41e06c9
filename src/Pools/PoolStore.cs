using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// A definition that is invalid, cannot be read, or is gone, although there are volfiles that were made of it. It concerns only the
/// pool of its name.
/// </summary>
/// <param name="Name">Its name, less <c>.json</c>.</param>
/// <param name="Problem">The problem, with its path.</param>
/// <param name="IsForbidden">Whether it may only be unreadable for this user.</param>
public sealed record UnusableDefinition(string Name, string Problem, bool IsForbidden = false);

/// <summary>The pools that this node knows, each in a file that is replaced atomically.</summary>
public sealed class PoolStore(PoolPaths paths)
{
    private const int Block = 4096;

    // The definition, which step was seen last, and a directory for locks.
    private const int ForRecords = 16 * Block;

    /// <summary>The paths.</summary>
    public PoolPaths Paths => paths;

    /// <summary>The locks.</summary>
    public PoolLocks Locks { get; } = new(paths);

    /// <summary>Every pool; one that is being renamed by its new name alone.</summary>
    /// <returns>The pools, by name.</returns>
    /// <exception cref="CommandException">The directory cannot be read.</exception>
    public StoredPool[] LoadAll()
    {
        StoredPool[] all = [.. ListFiles().Select(path => TryLoad(path, out _)).OfType<StoredPool>()];
        return [.. all.Where(one => !all.Any(other => other.Former == one.Pool.Name && other.Pool.Id == one.Pool.Id))];
    }

    /// <summary>Unusable definitions.</summary>
    /// <returns>The definitions, by name; lost ones last.</returns>
    /// <exception cref="CommandException">The directory cannot be read.</exception>
    public UnusableDefinition[] FindUnusable() =>
        [.. ListFiles().Select(path => TryLoad(path, out UnusableDefinition? unusable) is null ? unusable : null)
            .OfType<UnusableDefinition>(), .. FindLost()];

    /// <summary>Checks whether the definition of a pool is unusable.</summary>
    /// <returns>The problem; null where it is usable, or where there is no such pool.</returns>
    public UnusableDefinition? FindUnusable(string name)
    {
        _ = TryFind(name, out UnusableDefinition? unusable);
        return unusable;
    }

    /// <summary>One pool.</summary>
    /// <returns>The pool; null where there is none.</returns>
    /// <exception cref="CommandException">Its definition cannot be read.</exception>
    public StoredPool? Find(string name)
    {
        StoredPool? stored = TryFind(name, out UnusableDefinition? unusable);
        return unusable is null
            ? stored
            : throw (unusable.IsForbidden
                ? new CommandException(ExitCode.SystemRefused, unusable.Problem)
                : new CommandException(
                    ExitCode.PoolRefused,
                    $"{unusable.Problem} (the cluster's manager tells this node again what it is, within minutes: kadalu task list)"));
    }

    /// <summary>A pool that must exist.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public StoredPool Get(string name) =>
        Find(name)
        ?? throw new CommandException(ExitCode.PoolRefused, $"there is no pool \"{name}\" on this node{DescribeOthers()}");

    /// <summary>Writes a pool atomically.</summary>
    /// <returns>The pool, with the next revision if its definition has changed.</returns>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public StoredPool Save(StoredPool pool)
    {
        pool = pool.Revise();
        string path = paths.Definition(pool.Pool.Name);
        SystemRefusal.Guard(path, () => AtomicFile.Put(path, pool.ToJson(), FileModes.Secret));
        return pool;
    }

    /// <summary>Checks that there is space for what a pool is to have on this node, and leaves nothing.</summary>
    /// <param name="name">Its name; there need not be such a pool.</param>
    /// <param name="volfiles">Its volfiles.</param>
    /// <exception cref="CommandException">They cannot be written.</exception>
    public void RequireSpace(string name, IEnumerable<string> volfiles)
    {
        // A full disk, a quota, a disk that is read-only: each refuses only when it is written to.
        long length =
            ForRecords + volfiles.Sum(text => (Encoding.UTF8.GetByteCount(text) + Block - 1L) / Block * Block);
        string path = paths.Definition(name);
        SystemRefusal.Guard(path, () => new AtomicFile(path, new byte[length]).Dispose());
    }

    /// <summary>Removes a pool's definition.</summary>
    /// <exception cref="CommandException">It cannot be removed.</exception>
    public void Remove(string name) => SystemRefusal.Guard(paths.Definition(name), () =>
    {
        File.Delete(paths.Definition(name));
        if (Directory.Exists(paths.Change(name)))
        {
            Directory.Delete(paths.Change(name));
        }
    });

    // Unlike Directory.Exists this distinguishes a missing directory from an unreadable one.
    private string[] ListFiles()
    {
        string[] files = [];
        if (FileStatus.Read(paths.Definitions, out _) is not (Errno.ENOENT or Errno.ENOTDIR))
        {
            SystemRefusal.Guard(paths.Definitions, () =>
                files = [.. Directory.GetFileSystemEntries(paths.Definitions, "*.json").Order(StringComparer.Ordinal)]);
        }

        return files;
    }

    // A volfile that a pool has made says of which one. Those of units and of the self-heal daemon go before the definition does.
    private IEnumerable<UnusableDefinition> FindLost() =>
        Directory.Exists(paths.Volfiles)
            ? Directory.GetFiles(paths.Volfiles, "*.*.vol").Where(path => !IsThere(Path.GetFileName(path).Split('.')[0]))
                .Select(MakerOf).OfType<string>().Distinct().Where(name => !IsThere(name))
                .Order(StringComparer.Ordinal)
                .Select(name => new UnusableDefinition(name, $"{paths.Definition(name)} is gone"))
            : [];

    private static string? MakerOf(string volfile)
    {
        try
        {
            return PoolRevision.Find(VolfileParser.Parse(File.ReadAllText(volfile)))?.Pool;
        }
        catch (Exception exception) when (exception is VolfileException || SystemRefusal.Is(exception))
        {
            return null;
        }
    }

    private StoredPool? TryFind(string name, out UnusableDefinition? unusable)
    {
        if (IsThere(name))
        {
            return TryLoad(paths.Definition(name), out unusable);
        }

        unusable = FindLost().FirstOrDefault(lost => lost.Name == name);
        return null;
    }

    private string DescribeOthers() =>
        LoadAll() is { Length: > 0 } others ? $"; there are {string.Join(", ", others.Select(other => other.Pool.Name))}" : "";

    private bool IsThere(string name) => !name.Contains('/', StringComparison.Ordinal) &&
        FileStatus.ReadLink(paths.Definition(name), out _) is not (Errno.ENOENT or Errno.ENOTDIR);

    private static StoredPool? TryLoad(string path, out UnusableDefinition? unusable)
    {
        unusable = null;
        string name = Path.GetFileNameWithoutExtension(path);
        try
        {
            Errno error = FileStatus.Read(path, out FileStatus status);
            if (error != Errno.None || !status.IsRegular)
            {
                throw SystemRefusal.Of(error, error == Errno.None ? "it is not a regular file" : error.Describe());
            }

            long length = new FileInfo(path).Length;
            if (length is 0 or > PoolDocument.MaxLength)
            {
                throw new PoolException(length == 0 ? "it is empty" : $"it is longer than {PoolDocument.MaxLength} bytes");
            }

            var stored = StoredPool.Parse(File.ReadAllBytes(path));
            PoolRules.Require(stored.Pool, mayShareNodes: true);
            return stored.Pool.Name == name
                ? stored
                : throw new PoolException($"it is of the pool \"{stored.Pool.Name}\", and a pool's file has its name");
        }
        catch (Exception exception) when (exception is PoolException or IOException or UnauthorizedAccessException)
        {
            unusable =
                new UnusableDefinition(name, SystemRefusal.Describe(exception, path), exception is UnauthorizedAccessException);
            return null;
        }
    }
}
