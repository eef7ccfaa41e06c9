using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Finishes or undoes what a killed command left unfinished.</summary>
/// <param name="say">Gets progress, a line each.</param>
public sealed class PoolRecovery(
    PoolStore store, PoolVolfiles volfiles, NodeServices services, PoolExports exports, ThisNode node, Action<string> say)
{
    private readonly PoolServices _poolServices = new(services, node);

    /// <summary>
    /// Finishes or undoes what killed commands have left. If that fails for another pool, a warning is printed.
    /// </summary>
    /// <param name="name">The pool that is going to be changed.</param>
    /// <returns>The lock of that pool.</returns>
    /// <exception cref="CommandException">That pool cannot be repaired, or another command changes it for too long.</exception>
    public async Task<IDisposable> LockAsync(string name)
    {
        ChangeLock taken = await LockForCreationAsync(name);
        taken.All.Dispose();
        return taken;
    }

    /// <summary>As <see cref="LockAsync"/>, and takes the lock of all pools as well.</summary>
    /// <exception cref="CommandException">As for the other lock.</exception>
    public async Task<ChangeLock> LockForCreationAsync(string name)
    {
        // An invalid name would be an invalid path.
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
        // A pool that is being changed now is not unfinished.
        using DirectoryLock? taken = isMeant ? null : store.Locks.TryLock(stored.Pool.Name);
        try
        {
            // Its current state.
            await (isMeant ? PutRightAsync(stored) : taken is not null && store.Find(stored.Pool.Name) is { } now
                ? PutOtherRightAsync(now) : Task.CompletedTask);
        }
        catch (CommandException exception) when (!isMeant)
        {
            say($"warning: {stored.Pool.Name} is unfinished: {exception.Message}");
        }
    }

    // Processes of other pools are not waited for: one may hang.
    private Task PutOtherRightAsync(StoredPool stored) =>
        stored.State is PoolState.Creating or PoolState.Deleting &&
        node.UnitsOf(stored.Pool).Select(member => member.Unit.Key(stored.Pool.Name))
        .Append(PoolPaths.HealDaemonKey(stored.Pool)).Any(key => services.Find(key) is not null)
            ? throw new CommandException(ExitCode.PoolRefused,
                $"its processes have not ended: kadalu pool delete {stored.Pool.Name} goes on with it") : PutRightAsync(stored);

    private async Task PutRightAsync(StoredPool stored)
    {
        switch (stored)
        {
            case { Former: { } former }:
                say($"finishing to rename {former} to {stored.Pool.Name}, which was interrupted");
                await PoolRename.FinishAsync(store, volfiles, services, node, stored);
                break;
            case { State: PoolState.Creating }:
                say($"undoing the creation of {stored.Pool.Name}, which was interrupted");
                await UndoAsync(stored);
                break;
            case { State: PoolState.Deleting }:
                say($"finishing the deletion of {stored.Pool.Name}, which was interrupted");
                await DeleteAsync(stored);
                break;
            case { IsChanging: true, State: PoolState.Started }:
                say($"a change of {stored.Pool.Name} was interrupted: kadalu pool start {stored.Pool.Name} " +
                    "finishes it");
                break;
        }
    }

    /// <summary>Undoes the creation of a pool.</summary>
    public Task UndoAsync(StoredPool stored) =>
        RemoveAsync(
            stored, directories =>
            {
                if (stored.IsImported)
                {
                    PoolImport.GiveBack(stored.Pool, node);
                    return;
                }

                directories.Undo(stored.MadeDirectories, stored.Discarded);
            });

    /// <summary>Finishes the deletion of a pool.</summary>
    public async Task DeleteAsync(StoredPool stored)
    {
        FaultPoint.Pass("a deletion is noted");
        await exports.RemoveAsync(stored.Pool.Name);
        FaultPoint.Pass("exports are ended");
        FormerPlaces.Note(stored.Pool, node, say);
        foreach (PoolMember member in node.UnitsOf(stored.Pool).Where(member => !Directory.Exists(member.Unit.Path)))
        {
            say($"warning: {member.Unit.Path} is not there: what says that it is a unit stays on it");
        }

        await RemoveAsync(stored, directories => directories.Release());
    }

    // Not before its processes have ended: one of them would serve directories without a pool.
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

/// <summary>The locks for the creation of a pool.</summary>
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
