using System.Text;
using KadaluFsd.Fsd.Daemon;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>The pools that this node knows, each in a file that is always whole.</summary>
/// <param name="paths">Where they are.</param>
internal sealed class PoolStore(PoolPaths paths)
{
    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Where everything about pools is.</summary>
    internal PoolPaths Paths => paths;

    /// <summary>Keeps others from changing pools.</summary>
    /// <returns>The lock, once nobody else has it; ends with the process at the latest.</returns>
    /// <exception cref="StartException">Somebody else has it for too long.</exception>
    internal Task<DirectoryLock> LockAsync()
    {
        // Whoever can open it can lock it.
        Guarded(paths.Definitions, () => Directory.CreateDirectory(paths.Definitions, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        return new Predecessor(s_lockTimeout).OutliveAsync(
            () => DirectoryLock.TryTake(paths.Definitions) ?? throw new StartException(
                ExitCode.PoolRefused, $"another command has been changing pools for {s_lockTimeout.TotalMinutes} minutes (flock of {paths.Definitions})")
            { MayPass = true },
            CancellationToken.None);
    }

    /// <summary>The id by which GlusterFS's tools tell this node's units from others'. Made when it is asked for the first time.</summary>
    /// <returns>The id.</returns>
    /// <exception cref="StartException">It cannot be read or written.</exception>
    internal string GetNodeId()
    {
        string id = "";
        Guarded(paths.NodeId, () =>
        {
            if (!File.Exists(paths.NodeId))
            {
                FileReplacement.Put(paths.NodeId, Encoding.UTF8.GetBytes($"{Guid.NewGuid()}\n"));
            }

            id = File.ReadAllText(paths.NodeId).Trim();
        });
        return Guid.TryParse(id, out _) ? id : throw new StartException(ExitCode.PoolRefused, $"{paths.NodeId}: \"{id}\" is not a UUID");
    }

    /// <summary>The name that this node was given in pools.</summary>
    /// <returns>The name; null where it goes by its host name.</returns>
    internal string? GetNodeName() => File.Exists(paths.NodeName) ? File.ReadAllText(paths.NodeName).Trim() : null;

    /// <summary>Keeps the name that this node is given in pools, so that later commands need not be told again.</summary>
    /// <param name="name">The name.</param>
    internal void SetNodeName(string name) => Guarded(paths.NodeName, () => FileReplacement.Put(paths.NodeName, Encoding.UTF8.GetBytes(name + "\n")));

    /// <summary>Every pool.</summary>
    /// <returns>The pools, by name.</returns>
    /// <exception cref="StartException">A definition cannot be read.</exception>
    internal StoredPool[] LoadAll() => !Directory.Exists(paths.Definitions)
        ? []
        : [.. Directory.GetFiles(paths.Definitions, "*.json").Order(StringComparer.Ordinal).Select(Load)];

    /// <summary>One pool.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The pool; null where there is none.</returns>
    /// <exception cref="StartException">Its definition cannot be read.</exception>
    internal StoredPool? Find(string name) =>
        !name.Contains('/', StringComparison.Ordinal) && File.Exists(paths.Definition(name)) ? Load(paths.Definition(name)) : null;

    /// <summary>One pool that must be there.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="StartException">There is none.</exception>
    internal StoredPool Get(string name) => Find(name) ?? throw new StartException(
        ExitCode.PoolRefused, $"there is no pool \"{name}\" on this node{(LoadAll() is { Length: > 0 } others ? $"; there are {string.Join(", ", others.Select(other => other.Pool.Name))}" : "")}");

    /// <summary>Writes a pool, in one step that a crash does not halve.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>It, one revision later where its definition is another than was written last.</returns>
    /// <exception cref="StartException">It cannot be written.</exception>
    internal StoredPool Save(StoredPool pool)
    {
        pool = pool.Revise();
        string path = paths.Definition(pool.Pool.Name);
        Guarded(path, () => FileReplacement.Put(path, pool.ToJson()));
        return pool;
    }

    /// <summary>Forgets a pool.</summary>
    /// <param name="name">Its name.</param>
    internal void Remove(string name) => Guarded(paths.Definition(name), () => File.Delete(paths.Definition(name)));

    private static StoredPool Load(string path)
    {
        try
        {
            var stored = StoredPool.Parse(File.ReadAllBytes(path));
            PoolRules.Require(stored.Pool, mayShareNodes: true);
            return stored.Pool.Name == Path.GetFileNameWithoutExtension(path) ? stored : throw new PoolException($"it is of the pool \"{stored.Pool.Name}\"");
        }
        catch (Exception exception) when (exception is PoolException or IOException or UnauthorizedAccessException)
        {
            throw new StartException(ExitCode.PoolRefused, $"{path}: {exception.Message}");
        }
    }

    private static void Guarded(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(ExitCode.PoolRefused, $"{path}: {exception.Message}");
        }
    }
}
