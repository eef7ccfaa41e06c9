using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Locks for changes of pools: one for each, held for the whole change, and one for all, held for a moment.</summary>
public sealed class PoolLocks(PoolPaths paths)
{
    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_conditionTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_tellAfter = TimeSpan.FromSeconds(1);

    // There is no event for a lock that becomes free.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Takes the lock of all pools: no other command creates or repairs pools meanwhile. Removes temporary files of killed
    /// commands. Held for a moment only.
    /// </summary>
    /// <param name="say">Gets who is waited for, if it takes long.</param>
    /// <returns>The lock; it ends with the process at the latest.</returns>
    /// <exception cref="CommandException">Another process has it for too long, or it cannot be taken.</exception>
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

    // Files of a pool are guarded by its own lock: they may be being written.
    private void RemoveLeftovers()
    {
        foreach (string path in new[] { paths.Node.Id, paths.Node.Name })
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
        string[] files =
            [paths.Definition(pool), paths.Volfile(pool), paths.Volfile(pool + ".*"),
                paths.Volfile(PoolPaths.HealDaemonKey(pool))];
        foreach (string path in files)
        {
            SystemRefusal.Guard(path, () => AtomicFile.RemoveLeftovers(path));
        }
    }

    /// <summary>
    /// Takes the lock of a pool, held for the whole change. Commands that need the lock of all pools as well take this one first.
    /// </summary>
    /// <returns>The lock.</returns>
    /// <exception cref="CommandException">As for the other lock.</exception>
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

    /// <summary>Takes the lock if it is free.</summary>
    /// <returns>The lock; null where another process has it.</returns>
    public DirectoryLock? TryLock(string pool)
    {
        _ = Take(paths.Change(pool), out DirectoryLock? taken);
        return taken;
    }

    /// <summary>
    /// Takes the lock for a step of the cluster's manager, before that of the pool, and waits for it however long it takes: a step that
    /// comes twice is carried out once. One waits at a time: where the disk hangs they would become more and more.
    /// </summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="say">Gets that it is waited for.</param>
    /// <returns>The lock; null where another step waits for it already.</returns>
    /// <exception cref="CommandException">It cannot be taken.</exception>
    public async Task<DirectoryLock?> LockForStepAsync(string pool, Action<string> say)
    {
        if (TryTake(paths.Step(pool)) is { } free)
        {
            return free;
        }

        using DirectoryLock? next = TryTake(paths.NextStep(pool));
        return next is null ? null : await WaitForAsync(
            paths.Step(pool), TimeSpan.MaxValue,
            () => say($"an earlier step of {pool} is being carried out here: waiting for it"));
    }

    /// <summary>Says which process carries out a step of a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    public string DescribeStep(string pool) => DirectoryLock.FindHolder(paths.Step(pool)) is { } process
        ? ServiceProcesses.Describe(process) : "another process";

    /// <summary>Takes the lock for the question what the newest definition of a pool is.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <returns>The lock; null where another process has it for long.</returns>
    /// <exception cref="CommandException">It cannot be taken.</exception>
    public Task<DirectoryLock?> LockForConditionAsync(string pool) =>
        WaitForAsync(paths.Condition(pool), s_conditionTimeout, () => { });

    /// <summary>A pool is gone, or never was: what locks for it are taken on goes too, while that for steps is held.</summary>
    /// <param name="pool">The pool's name.</param>
    public void Forget(string pool)
    {
        using DirectoryLock? taken = Directory.Exists(paths.Change(pool)) ? TryLock(pool) : null;
        if (taken is not null)
        {
            SystemRefusal.Guard(paths.Change(pool), () => Directory.Delete(paths.Change(pool)));
        }

        string[] all = [paths.Condition(pool), paths.NextStep(pool), paths.Step(pool)];
        foreach (string path in all.Where(Directory.Exists))
        {
            SystemRefusal.Guard(path, () => Directory.Delete(path));
        }
    }

    private static DirectoryLock? TryTake(string path) => Take(path, out DirectoryLock? taken) switch
    {
        Errno.None => taken,
        Errno.EAGAIN or Errno.ENOENT => null,
        Errno error => throw NotLocked(path, error),
    };

    private static CommandException NotLocked(string path, Errno error) =>
        SystemRefusal.From(SystemRefusal.Of(error, $"{path} cannot be locked: {error.Describe()}"));

    private static async Task<DirectoryLock?> WaitForAsync(string path, TimeSpan patience, Action tell)
    {
        var waited = Stopwatch.StartNew();
        bool isTold = false;
        while (true)
        {
            switch (Take(path, out DirectoryLock? taken))
            {
                case Errno.None:
                    return taken;
                case Errno error and not (Errno.EAGAIN or Errno.ENOENT):
                    throw NotLocked(path, error);
            }

            if (waited.Elapsed > patience)
            {
                return null;
            }

            if (!isTold && waited.Elapsed > s_tellAfter)
            {
                isTold = true;
                tell();
            }

            await Task.Delay(s_pause);
        }
    }

    private static Errno Take(string path, out DirectoryLock? taken)
    {
        SystemRefusal.Guard(path, () => OwnFiles.CreateDirectory(path, FileModes.PrivateDirectory));
        return DirectoryLock.Take(path, out taken);
    }

    // A process that can open it can lock it.
    private static async Task<DirectoryLock> LockAsync(string path, string what, Action<string> say)
    {
        string? holder = null;
        DirectoryLock? taken = await WaitForAsync(path, s_lockTimeout, () =>
        {
            holder = DirectoryLock.FindHolder(path) is { } process
                ? ServiceProcesses.Describe(process) : $"the owner of the lock of {path}";
            say($"{what} being changed by {holder}: waiting for it, {s_lockTimeout.TotalMinutes} minutes at most");
        });
        return taken ?? throw new CommandException(
            ExitCode.PoolRefused, $"{what} being changed by {holder}, for {s_lockTimeout.TotalMinutes} minutes")
        { MayPass = true };
    }
}
