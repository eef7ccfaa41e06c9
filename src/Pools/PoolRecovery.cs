using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Finishes or undoes what a command left half done because its process was killed.</summary>
/// <param name="store">The pools that are known.</param>
/// <param name="volfiles">Their volfiles.</param>
/// <param name="services">Their processes.</param>
/// <param name="node">This node.</param>
/// <param name="say">Tells people what is going on, a line each.</param>
public sealed class PoolRecovery(PoolStore store, PoolVolfiles volfiles, NodeServices services, ThisNode node, Action<string> say)
{
    private readonly PoolServices _poolServices = new(services, node);

    /// <summary>
    /// Puts right what an earlier command left half done. Where that cannot be, it concerns only those who want something of that
    /// pool.
    /// </summary>
    /// <param name="name">The pool that something is wanted of.</param>
    /// <returns>The lock under which to go on with that pool: others go on with theirs.</returns>
    /// <exception cref="CommandException">That pool cannot be put right, or others change it for too long.</exception>
    public async Task<IDisposable> EnterAsync(string name)
    {
        ChangeLock taken = await EnterForCreationAsync(name);
        taken.All.Dispose();
        return taken;
    }

    /// <summary>Does so, and keeps others from making pools as well.</summary>
    /// <param name="name">As above.</param>
    /// <returns>The locks.</returns>
    /// <exception cref="CommandException">As above.</exception>
    public async Task<ChangeLock> EnterForCreationAsync(string name)
    {
        // What is no name is no directory's either.
        DirectoryLock one = PoolRules.FindNameProblem(name) is { } problem
            ? throw new CommandException(ExitCode.PoolRefused, problem) : await store.Locks.LockAsync(name, say);
        DirectoryLock? all = null;
        try
        {
            all = await store.Locks.LockAsync(say);
            foreach (StoredPool stored in store.LoadAll())
            {
                await PutRightAsync(stored, isMeant: stored.Pool.Name == name);
            }

            return new ChangeLock(one, all);
        }
        catch
        {
            all?.Dispose();
            one.Dispose();
            throw;
        }
    }

    private async Task PutRightAsync(StoredPool stored, bool isMeant)
    {
        // Of a pool that somebody is changing right now nothing is left half done.
        using DirectoryLock? taken = isMeant ? null : store.Locks.TryLock(stored.Pool.Name);
        try
        {
            // As it is by now.
            await (isMeant ? PutRightAsync(stored) : taken is not null && store.Find(stored.Pool.Name) is { } now
                ? PutOtherRightAsync(now) : Task.CompletedTask);
        }
        catch (CommandException exception) when (!isMeant)
        {
            say($"warning: {stored.Pool.Name} is left half done: {exception.Message}");
        }
    }

    // Nobody waits for processes of a pool that is not his: one may hang.
    private Task PutOtherRightAsync(StoredPool stored) =>
        stored.State is PoolState.Creating or PoolState.Deleting &&
        node.UnitsOf(stored.Pool).Select(member => member.Unit.Key(stored.Pool.Name))
        .Append(PoolPaths.HealDaemonKey(stored.Pool)).Any(key => services.Find(key) is not null)
            ? throw new CommandException(ExitCode.PoolRefused,
                $"its processes have not ended: pool delete {stored.Pool.Name} goes on with it") : PutRightAsync(stored);

    private async Task PutRightAsync(StoredPool stored)
    {
        switch (stored)
        {
            case { State: PoolState.Creating }:
                say($"undoing the creation of {stored.Pool.Name}, which broke off");
                await UndoAsync(stored);
                break;
            case { State: PoolState.Deleting }:
                say($"finishing the deletion of {stored.Pool.Name}, which broke off");
                await DeleteAsync(stored);
                break;
            case { IsChanging: true, State: PoolState.Started }:
                say($"a change of the options of {stored.Pool.Name} broke off: pool start {stored.Pool.Name} finishes it");
                break;
        }
    }

    /// <summary>Takes back what the creation of a pool has done so far.</summary>
    /// <param name="stored">The pool.</param>
    /// <returns>A task that ends when nothing is left of it.</returns>
    public Task UndoAsync(StoredPool stored) =>
        RemoveAsync(stored, directories => directories.Undo(stored.MadeDirectories, stored.Discarded));

    /// <summary>Takes a pool away whose deletion has been noted.</summary>
    /// <param name="stored">The pool.</param>
    /// <returns>A task that ends when it is gone.</returns>
    public Task DeleteAsync(StoredPool stored)
    {
        FaultPoint.Pass("a deletion is noted");
        FormerPlaces.Note(stored.Pool, node, say);
        foreach (PoolMember member in node.UnitsOf(stored.Pool).Where(member => !Directory.Exists(member.Unit.Path)))
        {
            say($"warning: {member.Unit.Path} is not there: what says that it is a unit stays on it");
        }

        return RemoveAsync(stored, directories => directories.Release());
    }

    // Not before its processes are gone: one that is left would serve directories that are nobody's.
    private async Task RemoveAsync(StoredPool stored, Action<PoolDirectories> free)
    {
        node.Require(stored.Pool);
        await _poolServices.StopAsync(stored.Pool);
        foreach (PoolMember member in node.UnitsOf(stored.Pool))
        {
            await services.ForgetUnitAsync(member.Unit.Key(stored.Pool.Name));
        }

        await services.ForgetHealDaemonAsync(stored.Pool.Name);
        free(new PoolDirectories(stored.Pool, node));
        volfiles.Delete(PoolVolfiles.KeysOf(stored.Pool, node));
        store.Remove(stored.Pool.Name);
    }
}

/// <summary>The locks of whoever makes a pool.</summary>
/// <param name="One">That of the pool.</param>
/// <param name="All">That of all pools.</param>
public sealed record ChangeLock(DirectoryLock One, DirectoryLock All) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        All.Dispose();
        One.Dispose();
    }
}
