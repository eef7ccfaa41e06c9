using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Restarts this node's processes of a pool.</summary>
/// <param name="store">The pools of this node.</param>
/// <param name="recovery">Finishes or undoes what killed commands have left.</param>
/// <param name="services">Their processes.</param>
/// <param name="heal">Lists what has to be healed.</param>
/// <param name="node">This node.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class PoolRestart(
    PoolStore store, PoolRecovery recovery, NodeServices services, PoolHeal heal, ThisNode node, Action<string> say)
{
    private readonly RollingRestart _restart = new(services, heal, node, say);

    /// <summary>Restarts units, and where it is all of them the self-heal daemon too.</summary>
    /// <param name="name">The pool.</param>
    /// <param name="isRolling">
    /// Whether one unit is restarted after the other: each when no file depends on it, the next one when its clients are back and
    /// what they wrote meanwhile is healed. Otherwise all at once: clients wait.
    /// </param>
    /// <param name="unit">Restarts only this unit of this node, <c>NODE:PATH</c>; null for all.</param>
    /// <returns>Completes when they serve.</returns>
    /// <exception cref="CommandException">The pool is not started, a unit does not end or start, or files depend on it.</exception>
    public async Task RestartAsync(string name, bool isRolling, string? unit = null)
    {
        using IDisposable taken = await recovery.LockAsync(name);
        StoredPool stored = GetStarted(name);
        Pool pool = stored.Pool;
        PoolMember[] members = Find(pool, unit);
        if (unit is null && !isRolling && stored.IsDrained)
        {
            store.Save(stored with { IsDrained = false });
        }

        if (isRolling)
        {
            await RestartOneByOneAsync(pool, members);
        }
        else
        {
            await Task.WhenAll(members.Select(member => services.StopUnitAsync(member.Unit.Key(name))));
            FaultPoint.Pass("units are stopped");
            await Task.WhenAll(members.Select(member => services.StartUnitAsync(pool, member)));
        }

        if (unit is null && pool.CanHeal)
        {
            await services.StopHealDaemonAsync(name);
            await services.StartHealDaemonAsync(pool);
        }
    }

    /// <summary>
    /// Stops the units and the self-heal daemon of a pool that stays started, once no file depends on them. What is written from then
    /// on they miss; they run again when the pool is started.
    /// </summary>
    /// <param name="name">The pool.</param>
    /// <exception cref="CommandException">The pool is not started, files depend on its units here, or one does not end.</exception>
    public async Task DrainAsync(string name)
    {
        using IDisposable taken = await recovery.LockAsync(name);
        StoredPool stored = GetStarted(name);
        Pool pool = stored.Pool;
        PoolMember[] members = Find(pool, unit: null);
        if (members.Any(member => services.Find(member.Unit.Key(name)) is not null))
        {
            await _restart.WaitUntilFreeAsync(pool, members);
        }

        store.Save(stored with { IsDrained = true });
        FaultPoint.Pass("a drain is noted");
        foreach (PoolMember member in members)
        {
            say($"{member.Unit.Address} is stopped");
            await services.StopUnitAsync(member.Unit.Key(name));
            FaultPoint.Pass("a unit is stopped");
        }

        await services.StopHealDaemonAsync(name);
    }

    /// <summary>
    /// Notes that a pool is started whose units here were drained, such as after its definition was lost on this node. Starts nothing.
    /// </summary>
    /// <param name="name">The pool.</param>
    /// <exception cref="CommandException">There is no such pool here.</exception>
    public async Task KeepDrainedAsync(string name)
    {
        using IDisposable taken = await recovery.LockAsync(name);
        StoredPool stored = store.Get(name);
        bool isDrained = Find(stored.Pool, unit: null).Any(member => services.Find(member.Unit.Key(name)) is null);
        if (stored.State != PoolState.Started || stored.IsDrained != isDrained)
        {
            store.Save(stored with { State = PoolState.Started, IsDrained = isDrained });
        }
    }

    private StoredPool GetStarted(string name)
    {
        StoredPool stored = store.Get(name);
        return stored.State != PoolState.Started
            ? throw new CommandException(ExitCode.PoolRefused, $"the pool \"{name}\" is not started")
            : stored.IsChanging ? throw new CommandException(
                ExitCode.PoolRefused, $"a change of {name} is not finished on this node: kadalu pool start {name} finishes it")
            : stored;
    }

    private async Task RestartOneByOneAsync(Pool pool, PoolMember[] members)
    {
        if (members.FirstOrDefault(member => services.Find(member.Unit.Key(pool.Name)) is null) is { } down)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"{down.Unit.Address} does not run: kadalu pool start {pool.Name} starts it");
        }

        foreach (PoolMember member in members)
        {
            say($"{member.Unit.Address} is restarted");
            await _restart.RestartAsync(pool, member);
        }

        // The next node's units wait for what these have missed.
        await _restart.WaitUntilWholeAsync(pool);
    }

    private PoolMember[] Find(Pool pool, string? unit)
    {
        PoolMember[] all = [.. node.UnitsOf(pool)];
        PoolMember[] members = unit is null ? all : [.. all.Where(member => member.Unit.Address == unit)];
        return members.Length > 0 ? members : throw new CommandException(
            ExitCode.PoolRefused,
            $"{pool.Name} has no unit {unit} on this node, but {string.Join(", ", all.Select(member => member.Unit.Address))}");
    }
}
