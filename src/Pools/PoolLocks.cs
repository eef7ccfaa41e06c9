using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Who may change pools: a lock for each, held for as long as a change takes, and one for all, held for a moment.
/// </summary>
public sealed class PoolLocks(PoolPaths paths)
{
    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_tellAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Keeps others from making pools, and from putting right what is half done; clears what they have left half written. Held
    /// for a moment only.
    /// </summary>
    /// <param name="say">Told who is waited for, where that takes longer.</param>
    /// <returns>The lock, once nobody else has it; ends with the process at the latest.</returns>
    /// <exception cref="CommandException">Somebody else has it for too long, or it cannot be had at all.</exception>
    public async Task<DirectoryLock> LockAsync(Action<string> say)
    {
        DirectoryLock taken = await LockAsync(paths.Definitions, "pools are", say);
        try
        {
            RemoveLeftovers();
        }
        catch
        {
            taken.Dispose();
            throw;
        }

        return taken;
    }

    // What belongs to a pool its own lock keeps: somebody may be writing it.
    private void RemoveLeftovers()
    {
        foreach (string path in new[] { paths.NodeId, paths.NodeName })
        {
            SystemRefusal.Guard(path, () => AtomicFile.RemoveLeftovers(path));
        }

        var pools = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in new[] { paths.Definition("*"), paths.Volfile("*") })
        {
            SystemRefusal.Guard(path, () =>
                pools.UnionWith(AtomicFile.FindLeftovers(path).Select(left => PoolPaths.PoolOf(Path.GetFileName(left)))));
        }

        foreach (string pool in pools.Where(pool => PoolRules.FindNameProblem(pool) is null))
        {
            using DirectoryLock? taken = TryLock(pool);
            if (taken is not null)
            {
                RemoveLeftovers(pool);
            }
        }
    }

    private void RemoveLeftovers(string pool)
    {
        foreach (
            string path in new[] { paths.Definition(pool), paths.Volfile(pool), paths.Volfile(pool + ".*"),
                paths.Volfile(PoolPaths.HealDaemonKey(pool)) })
        {
            SystemRefusal.Guard(path, () => AtomicFile.RemoveLeftovers(path));
        }
    }

    /// <summary>
    /// Keeps others from changing a pool, for as long as a change takes. Whoever wants the lock of all pools as well takes this
    /// one first.
    /// </summary>
    /// <returns>The lock, as above.</returns>
    /// <exception cref="CommandException">As above.</exception>
    public async Task<DirectoryLock> LockAsync(string pool, Action<string> say)
    {
        DirectoryLock taken = await LockAsync(paths.Change(pool), $"the pool \"{pool}\" is", say);
        try
        {
            RemoveLeftovers(pool);
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Does so where nobody else has the lock.</summary>
    /// <returns>The lock; null where somebody else has it.</returns>
    public DirectoryLock? TryLock(string pool)
    {
        SystemRefusal.Guard(paths.Change(pool), () => OwnFiles.CreateDirectory(paths.Change(pool), FileModes.PrivateDirectory));
        _ = DirectoryLock.Take(paths.Change(pool), out DirectoryLock? taken);
        return taken;
    }

    // Whoever can open it can lock it.
    private static async Task<DirectoryLock> LockAsync(string path, string what, Action<string> say)
    {
        string? holder = null;
        var retry = new Retry(s_lockTimeout);
        return await retry.UntilAsync(
            () =>
            {
                SystemRefusal.Guard(path, () => OwnFiles.CreateDirectory(path, FileModes.PrivateDirectory));
                switch (DirectoryLock.Take(path, out DirectoryLock? free))
                {
                    case Errno.None:
                        return free!;
                    case Errno.EAGAIN:
                        if (holder is null && retry.WaitedMilliseconds > s_tellAfter.TotalMilliseconds)
                        {
                            holder = DirectoryLock.FindHolder(path) is { } process
                                ? ServiceProcesses.Describe(process)
                                : $"whoever has the lock of {path}";
                            say($"{what} being changed by {holder}: waiting for it, {s_lockTimeout.TotalMinutes} minutes at " +
                                "most");
                        }

                        throw new CommandException(ExitCode.PoolRefused,
                            $"{what} being changed by {holder}, for {s_lockTimeout.TotalMinutes} minutes")
                        { MayPass = true };
                    case Errno error:
                        throw SystemRefusal.From(SystemRefusal.Of(error, $"{path} cannot be locked: {error.Describe()}"));
                }
            },
            CancellationToken.None);
    }
}
