using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Steps;

/// <summary>Carries out a step on this node. A step that was done already is done.</summary>
/// <param name="store">The pools of this node.</param>
/// <param name="load">Loads what changes pools, with GlusterFS: not for a step that waits, or has nothing to do.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class StepRunner(PoolStore store, Func<PoolManager> load, Action<string> say)
{
    // Nothing of a pool that is renamed runs.
    private static readonly ChangeTerms s_harmless = new(false, false);

    private readonly Lazy<PoolManager> _manager = new(load);

    /// <summary>Carries it out.</summary>
    /// <returns>How it is done; null where an earlier step of the pool does not end, and another one waits for it already.</returns>
    /// <exception cref="CommandException">It cannot be done; says what is in the way.</exception>
    public async Task<StepResult?> RunAsync(NodeStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (PoolRules.FindNameProblem(step.Pool) is { } problem)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }

        // The same step may have come before, and its process may work still.
        using DirectoryLock? taken = await store.Locks.LockForStepAsync(step.Pool, say);
        if (taken is null)
        {
            return null;
        }

        var fence = new StepFence(store.Paths.Generation(step.PoolId));
        (bool isDone, CommandException? unnoted) = Pass(fence, step);
        bool restarts = !isDone && await TryAsync(step);
        if (unnoted is not null)
        {
            throw unnoted;
        }

        if (!isDone)
        {
            FaultPoint.Pass("a step is carried out");
            fence.Finish(step.Turn);
        }

        StoredPool? now = IsUnusable(step) ? null : store.Find(step.Pool);
        if (now is null)
        {
            store.Locks.Forget(step.Pool);
        }

        return new StepResult(now?.Pool.Revision ?? 0, now?.Digest, restarts);
    }

    private PoolManager Manager => _manager.Value;

    private PoolNames Names => new(store, _manager, say);

    // A pool can be stopped even on a full disk.
    private static (bool IsDone, CommandException? Unnoted) Pass(StepFence fence, NodeStep step)
    {
        try
        {
            return (fence.Pass(step.Turn), null);
        }
        catch (CommandException exception) when (exception.Code == ExitCode.SystemRefused && step is StopStep)
        {
            return (false, exception);
        }
    }

    // A pool that cannot be created leaves nothing.
    private async Task<bool> TryAsync(NodeStep step)
    {
        try
        {
            return await CarryOutAsync(step);
        }
        catch (CommandException) when (store.FindUnusable(step.Pool) is null && store.Find(step.Pool) is null)
        {
            store.Locks.Forget(step.Pool);
            throw;
        }
    }

    private async Task<bool> CarryOutAsync(NodeStep step)
    {
        bool restarts = false;
        await Names.CatchUpAsync(step);
        await (step switch
        {
            CheckCreationStep check => CreateAsync(
                StepReading.Read(check.Definition, step),
                pool => Manager.CheckCreationAsync(pool, StepReading.TermsOf(check.Terms))),
            CreateStep creation => CreateAsync(
                StepReading.Read(creation.Definition, step),
                pool => Manager.CreateAsync(pool, StepReading.TermsOf(creation.Terms))),
            CheckChangeStep check => ChangeAsync(
                StepReading.Read(check.Definition, step),
                async change =>
                    restarts = await Manager.CheckChangeAsync(step.Pool, change, StepReading.TermsOf(check.Terms))),
            ChangeStep change => ChangeAsync(change),
            CheckRenameStep check => Names.CheckAsync(StepReading.Read(check.Definition, step)),
            RenameStep rename => Names.RenameAsync(
                StepReading.Read(rename.Definition, step),
                wanted => ChangeAsync(wanted, revise => Manager.ChangeAsync(step.Pool, revise, s_harmless))),
            StartStep start => StartAsync(start),
            RestartStep restart => RestartAsync(restart),
            CheckReplacementStep check => new ReplacementSteps(Manager).CheckAsync(check, Require(check)),
            ReplaceUnitStep replace => new ReplacementSteps(Manager).ReplaceAsync(replace, Require(replace)),
            DrainStep => DrainAsync(step),
            KeepDrainedStep => KeepDrainedAsync(step),
            StopStep => IsUnusable(step) || Meant(step) is { State: PoolState.Started }
                ? Manager.StopAsync(step.Pool) : Task.CompletedTask,
            UndoCreationStep => UndoCreationAsync(step),
            DeleteStep => DeleteAsync(step),
            _ => throw new CommandException(ExitCode.Usage, $"a step of another version: {step.GetType().Name}"),
        });
        return restarts;
    }

    private Task StartAsync(StartStep step)
    {
        Require(step);
        return Manager.StartAsync(step.Pool, mayDisturbExports: step.MayDisturbExports);
    }

    private Task RestartAsync(RestartStep step)
    {
        Require(step);
        return Manager.Restarts.RestartAsync(step.Pool, step.IsRolling, step.Unit);
    }

    private Task DrainAsync(NodeStep step)
    {
        Require(step);
        return Manager.Restarts.DrainAsync(step.Pool);
    }

    private Task KeepDrainedAsync(NodeStep step)
    {
        Require(step);
        return Manager.Restarts.KeepDrainedAsync(step.Pool);
    }

    private async Task UndoCreationAsync(NodeStep step)
    {
        if (FindOwn(step) is { State: PoolState.Stopped })
        {
            await Manager.UndoCreationAsync(step.Pool);
        }
        else
        {
            await DeleteAsync(step);
        }
    }

    // One whose creation was interrupted is undone by whoever locks it.
    private async Task DeleteAsync(NodeStep step)
    {
        if (IsUnusable(step))
        {
            await Manager.StopAsync(step.Pool);
            await Manager.DeleteAsync(step.Pool);
        }
        else if (FindOwn(step) is { } stored)
        {
            if (stored.State == PoolState.Started)
            {
                await Manager.StopAsync(step.Pool);
            }

            await Manager.DeleteAsync(step.Pool);
        }
    }

    private Task CreateAsync(Pool pool, Func<Pool, Task> create) =>
        store.Find(pool.Name) is { State: PoolState.Stopped or PoolState.Started } stored && stored.Pool.Id == pool.Id &&
        stored.Digest == PoolRevision.DigestOf(pool)
            ? Task.CompletedTask : create(pool);

    private Task ChangeAsync(Pool wanted, Func<Func<Pool, Pool>, Task> change) =>
        store.Find(wanted.Name) is { IsChanging: false } stored && stored.Pool.Id == wanted.Id &&
        stored.Pool.Revision == wanted.Revision && stored.Digest == PoolRevision.DigestOf(wanted)
            ? Task.CompletedTask : change(old => Revise(old, wanted));

    // A definition that is lost, or cannot be read, the manager has still.
    private async Task ChangeAsync(ChangeStep step)
    {
        Pool wanted = StepReading.Read(step.Definition, step);
        if (IsUnusable(step) || store.Find(step.Pool) is null)
        {
            await Manager.PutBackAsync(wanted);
        }

        await ChangeAsync(wanted, revise => Manager.ChangeAsync(step.Pool, revise, StepReading.TermsOf(step.Terms)));
    }

    private bool IsUnusable(NodeStep step) => store.FindUnusable(step.Pool) is { IsForbidden: false };

    // Another one that has its name by now is not meant.
    private StoredPool? FindOwn(NodeStep step) =>
        store.Find(step.Pool) is { } stored && stored.Pool.Id == step.PoolId ? stored : null;

    // The pool of this id.
    private StoredPool? Meant(NodeStep step)
    {
        StoredPool? stored = store.Find(step.Pool);
        if (stored is not null)
        {
            RequireId(stored.Pool, step.PoolId);
        }

        return stored;
    }

    private StoredPool Require(NodeStep step) => Meant(step) ??
        throw new CommandException(ExitCode.PoolRefused, $"there is no pool \"{step.Pool}\" on this node");

    private static Pool Revise(Pool old, Pool wanted)
    {
        RequireId(old, wanted.Id);
        return old.Revision <= wanted.Revision ? wanted : throw new CommandException(
            ExitCode.PoolRefused, $"this node has a later revision of {old.Name}: {old.Revision}, not {wanted.Revision}");
    }

    private static void RequireId(Pool found, Guid id)
    {
        if (found.Id != id)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"the pool \"{found.Name}\" of this node is another one: its id is {found.Id}");
        }
    }
}
