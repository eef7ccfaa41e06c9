using System.Text.Json;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Steps;

/// <summary>Carries out a step on this node. A step that was done already is done.</summary>
/// <param name="store">The pools of this node.</param>
/// <param name="manager">Changes pools.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class StepRunner(PoolStore store, PoolManager manager, Action<string> say)
{
    /// <summary>Carries it out.</summary>
    /// <exception cref="CommandException">It cannot be done; says what is in the way.</exception>
    public async Task<StepResult> RunAsync(NodeStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (PoolRules.FindNameProblem(step.Pool) is { } problem)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }

        // The same step may have come before, and its process may work still.
        using DirectoryLock taken = await store.Locks.LockForStepAsync(step.Pool, say);
        var fence = new StepFence(store.Paths.Generation(step.PoolId));
        (bool isDone, CommandException? unnoted) = Pass(fence, step);
        bool restarts = !isDone && await CarryOutAsync(step);
        if (unnoted is not null)
        {
            throw unnoted;
        }

        if (!isDone)
        {
            fence.Finish(step.Turn);
        }

        StoredPool? now = IsUnusable(step) ? null : store.Find(step.Pool);
        if (now is null)
        {
            store.Locks.ForgetSteps(step.Pool);
        }

        return new StepResult(now?.Pool.Revision ?? 0, now?.Digest, restarts);
    }

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

    private async Task<bool> CarryOutAsync(NodeStep step)
    {
        bool restarts = false;
        await (step switch
        {
            CheckCreationStep check => CreateAsync(
                Read(check.Definition, step), pool => manager.CheckCreationAsync(pool, TermsOf(check.Terms))),
            CreateStep creation => CreateAsync(
                Read(creation.Definition, step), pool => manager.CreateAsync(pool, TermsOf(creation.Terms))),
            CheckChangeStep check => ChangeAsync(
                Read(check.Definition, step),
                async change => restarts = await manager.CheckChangeAsync(step.Pool, change, TermsOf(check.Terms))),
            ChangeStep change => ChangeAsync(change),
            StartStep start => StartAsync(start),
            RestartStep restart => RestartAsync(restart),
            ReplaceUnitStep replace => ReplaceAsync(replace),
            StopStep => IsUnusable(step) || Meant(step) is { State: PoolState.Started }
                ? manager.StopAsync(step.Pool) : Task.CompletedTask,
            UndoCreationStep => UndoCreationAsync(step),
            DeleteStep => DeleteAsync(step),
            _ => throw new CommandException(ExitCode.Usage, $"a step of another version: {step.GetType().Name}"),
        });
        return restarts;
    }

    private Task StartAsync(StartStep step)
    {
        Require(step);
        return manager.StartAsync(step.Pool, mayDisturbExports: step.MayDisturbExports);
    }

    private Task RestartAsync(RestartStep step)
    {
        Require(step);
        return manager.Restarts.RestartAsync(step.Pool, step.IsRolling, step.Unit);
    }

    private async Task ReplaceAsync(ReplaceUnitStep step)
    {
        StoredPool stored = Require(step);
        if (stored.Rejoining.Any(unit => stored.Pool.Units.Any(
            member => member.Unit.Path == unit.Path && member.Unit.Address == step.Unit)))
        {
            // It was begun, and interrupted.
            await manager.StartAsync(step.Pool);
            return;
        }

        StepReplacementTerms terms = step.Terms;
        await manager.Replacement.StartAsync(step.Pool, step.Unit, terms.MayDiscard, terms.MayBeOnRoot, terms.AlsoLost);
    }

    private async Task UndoCreationAsync(NodeStep step)
    {
        if (FindOwn(step) is { State: PoolState.Stopped })
        {
            await manager.UndoCreationAsync(step.Pool);
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
            await manager.StopAsync(step.Pool);
            await manager.DeleteAsync(step.Pool);
        }
        else if (FindOwn(step) is { } stored)
        {
            if (stored.State == PoolState.Started)
            {
                await manager.StopAsync(step.Pool);
            }

            await manager.DeleteAsync(step.Pool);
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
        Pool wanted = Read(step.Definition, step);
        if (IsUnusable(step) || store.Find(step.Pool) is null)
        {
            await manager.PutBackAsync(wanted);
        }

        await ChangeAsync(wanted, revise => manager.ChangeAsync(step.Pool, revise, TermsOf(step.Terms)));
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

    private static Pool Read(JsonElement definition, NodeStep step)
    {
        try
        {
            Pool pool = PoolNumbers.Assign(PoolDocument.Read(definition), isNew: true);
            PoolRules.Require(pool, mayShareNodes: true);
            return pool.Name == step.Pool && pool.Id == step.PoolId && pool.Revision > 0
                ? pool
                : throw new PoolException($"it is of the pool \"{pool.Name}\" ({pool.Id}), or has no revision");
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.Usage, $"the step's definition: {exception.Message}");
        }
    }

    private static CreationTerms TermsOf(StepCreationTerms terms) =>
        Enum.TryParse(terms.Existing, ignoreCase: true, out ExistingContents existing) && Enum.IsDefined(existing)
            ? new CreationTerms(terms.MayShareNodes, terms.MayBeOnRoot, existing)
            : throw new CommandException(ExitCode.Usage, $"\"{terms.Existing}\" is nothing that can be done with contents");

    private static ChangeTerms TermsOf(StepChangeTerms terms) => new(terms.Restart, terms.MayDisturbExports);
}
