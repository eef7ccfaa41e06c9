using KadaluFsd.Native.Linux;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>Finishes or undoes what a command left half done because its process was killed.</summary>
/// <param name="store">The pools that are known.</param>
/// <param name="volfiles">Their volfiles.</param>
/// <param name="services">Their processes.</param>
/// <param name="node">This node.</param>
/// <param name="say">Tells people what is going on, a line each.</param>
internal sealed class PoolRecovery(PoolStore store, PoolVolfiles volfiles, NodeServices services, ThisNode node, Action<string> say)
{
    private readonly PoolServices _poolServices = new(services, node);

    /// <summary>Puts right what an earlier command left half done. Where that cannot be, it concerns only those who want something of that pool.</summary>
    /// <param name="name">The pool that something is wanted of.</param>
    /// <returns>The lock under which to go on.</returns>
    /// <exception cref="StartException">That pool cannot be put right, or others change pools for too long.</exception>
    internal async Task<DirectoryLock> EnterAsync(string name)
    {
        DirectoryLock taken = await store.LockAsync();
        try
        {
            foreach (StoredPool stored in store.LoadAll())
            {
                try
                {
                    await PutRightAsync(stored);
                }
                catch (StartException exception) when (stored.Pool.Name != name)
                {
                    say($"warning: {stored.Pool.Name} is left half done: {exception.Message}");
                }
            }

            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

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
    internal Task UndoAsync(StoredPool stored) => RemoveAsync(stored, directories => directories.Undo(stored.MadeDirectories, stored.Discarded));

    /// <summary>Takes a pool away whose deletion has been noted.</summary>
    /// <param name="stored">The pool.</param>
    /// <returns>A task that ends when it is gone.</returns>
    internal Task DeleteAsync(StoredPool stored)
    {
        FaultPoint.Pass("a deletion is noted");
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

        free(new PoolDirectories(stored.Pool, node));
        volfiles.Delete(PoolVolfiles.KeysOf(stored.Pool, node));
        store.Remove(stored.Pool.Name);
    }
}
