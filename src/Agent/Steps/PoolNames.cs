using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Steps;

/// <summary>Gives a pool of this node the name that a step has for it, where it has another one.</summary>
/// <param name="store">The pools of this node.</param>
/// <param name="manager">Loads what changes pools, with GlusterFS.</param>
/// <param name="say">Gets progress, a line each.</param>
internal sealed class PoolNames(PoolStore store, Lazy<PoolManager> manager, Action<string> say)
{
    /// <summary>Checks whether it can get the name.</summary>
    /// <param name="wanted">The pool with its new name.</param>
    /// <exception cref="CommandException">It cannot.</exception>
    internal Task CheckAsync(Pool wanted) => manager.Value.Renaming.CheckAsync(
        (FindOther(wanted.Id, wanted.Name) ?? throw new CommandException(
            ExitCode.PoolRefused, "the pool is not on this node, or has this name already")).Pool.Name, wanted);

    /// <summary>Gives it the name; where it has it already it has only to become the same revision.</summary>
    /// <param name="wanted">The pool with its new name.</param>
    /// <param name="change">Makes it this revision.</param>
    /// <exception cref="CommandException">It cannot be.</exception>
    internal async Task RenameAsync(Pool wanted, Func<Pool, Task> change)
    {
        if (FindOther(wanted.Id, wanted.Name) is not { } stored)
        {
            await change(wanted);
            return;
        }

        using DirectoryLock taken = await store.Locks.LockForStepAsync(stored.Pool.Name, say) ?? throw new CommandException(
            ExitCode.PeerUnreachable,
            $"still busy with an earlier step of {stored.Pool.Name}, and another one waits for it: does a disk hang?");
        await manager.Value.Renaming.RenameAsync(stored.Pool.Name, wanted);
        store.Locks.Forget(stored.Pool.Name);
    }

    /// <summary>Gives it the name where the node was away when it got it, before a step that changes it.</summary>
    /// <exception cref="CommandException">It cannot be.</exception>
    internal async Task CatchUpAsync(NodeStep step)
    {
        if (step is not (ChangeStep or StartStep or StopStep or DeleteStep) ||
            FindOther(step.PoolId, step.Pool) is not { } stored)
        {
            return;
        }

        say($"{stored.Pool.Name} is called {step.Pool} by now");
        if (stored.State == PoolState.Started)
        {
            await manager.Value.StopAsync(stored.Pool.Name);
        }

        await RenameAsync(
            stored.Pool with { Name = step.Pool, Revision = stored.Pool.Revision + 1 }, _ => Task.CompletedTask);
    }

    private StoredPool? FindOther(Guid id, string name) =>
        store.LoadAll().FirstOrDefault(stored => stored.Pool.Id == id && stored.Pool.Name != name);
}
