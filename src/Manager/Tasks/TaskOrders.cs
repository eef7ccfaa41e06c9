using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Makes tasks of orders: one at a time for each pool.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="numbers">Numbers of tasks.</param>
/// <param name="book">The tasks.</param>
/// <param name="pools">The pools.</param>
/// <param name="planner">Makes definitions.</param>
/// <param name="names">What nodes are called.</param>
/// <param name="engine">Carries tasks out.</param>
/// <param name="time">The clock.</param>
internal sealed class TaskOrders(
    IStateStore store, TaskNumbers numbers, TaskBook book, PoolRegistry pools, PoolPlanner planner, NodeNames names,
    TaskEngine engine, TimeProvider time)
{
    private const int MaxAttempts = 20;
    private const string Faster = "another command was faster: nothing was changed, try again";

    // Nobody knows of a task that nobody has ordered: it is waited for, instead of refusing another one.
    private static readonly TimeSpan s_waitsForOwn = TimeSpan.FromSeconds(60);

    // A node whose disk hangs does not come to its end with what it is told: others need not wait for that.
    private static readonly TimeSpan s_letsOwnWork = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Begins a task.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="CommandException">It cannot be begun; nothing was changed.</exception>
    internal async Task<long> BeginAsync(PoolOrder order, CancellationToken cancellation)
    {
        if (PoolRules.FindNameProblem(order.Pool) is { } problem)
        {
            throw new CommandException(ExitCode.Usage, problem);
        }

        if (order is CreateOrder create)
        {
            return await BeginAsync(create, cancellation);
        }

        long start = time.GetTimestamp();
        while (true)
        {
            KnownPool known = await pools.GetAsync(order.Pool, cancellation);
            if (known.Record.Task is not { } number || time.GetElapsedTime(start) > s_waitsForOwn ||
                (await book.FindAsync(number, cancellation))?.Task.Order is not CatchUpOrder)
            {
                return await BeginAsync(order, known, cancellation);
            }

            if (time.GetElapsedTime(start) > s_letsOwnWork)
            {
                engine.Abandon(number);
            }

            await Task.WhenAny(book.LinesOf(number).Read(0).News, Task.Delay(s_pause, time, cancellation));
        }
    }

    /// <summary>Begins a task on a pool that is there.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="CommandException">It cannot be begun; nothing was changed.</exception>
    internal async Task<long> BeginAsync(PoolOrder order, KnownPool known, CancellationToken cancellation)
    {
        if (order is RenameOrder { Name: var name })
        {
            PoolRegistry.RefuseTaken(await pools.FindAsync(name, cancellation));
        }

        StateWrite[] held = await names.HoldAsync(order, known, cancellation);
        try
        {
            return await CommitAsync(
                Draft(await names.InPoolAsync(order, known, cancellation), known),
                number =>
                [
                    .. held,
                    PoolRegistry.Write(
                        known,
                        known.Record with
                        {
                            Task = number,
                            Last = number,
                            IsOlder = known.Record.IsOlder && order is not DeleteOrder,
                        }),
                    .. order is RenameOrder rename ? [PoolRegistry.ReserveName(rename.Name, known.Record.Id)]
                        : Array.Empty<StateWrite>(),
                ],
                cancellation);
        }
        catch (StateConflictException conflict)
        {
            throw Lost(conflict);
        }
    }

    /// <summary>Makes the task that an order would be, without beginning it.</summary>
    /// <returns>It, and what the pool is, or would be.</returns>
    /// <exception cref="CommandException">It could not be begun.</exception>
    internal async Task<(TaskDocument Task, PoolRecord Pool)> DraftAsync(PoolOrder order, CancellationToken cancellation)
    {
        KnownPool? known = await pools.FindAsync(order.Pool, cancellation);
        TaskDraft draft;
        if (order is CreateOrder create)
        {
            PoolRegistry.RefuseTaken(known);
            draft = Draft(create, await planner.PlanAsync(create, cancellation));
        }
        else
        {
            known ??= await pools.GetAsync(order.Pool, cancellation);
            draft = Draft(await names.InPoolAsync(order, known, cancellation), known);
            if (order is RenameOrder rename)
            {
                PoolRegistry.RefuseTaken(await pools.FindAsync(rename.Name, cancellation));
            }
        }

        (long number, _) = await numbers.TakeAsync(cancellation);
        PoolRecord record = known?.Record ??
            new PoolRecord(draft.Pool, order.Pool, PoolPhase.Creating, draft.Definition, null, []);
        return (draft.ToTask(number, time.GetUtcNow()), record);
    }

    // Of two that are planned at the same time one gets other ports than it was planned with. A node may get another name meanwhile.
    private async Task<long> BeginAsync(CreateOrder order, CancellationToken cancellation)
    {
        PoolRegistry.RefuseTaken(await pools.FindAsync(order.Pool, cancellation));
        for (int attempt = 1; ; attempt++)
        {
            Pool pool = await planner.PlanAsync(order, cancellation);
            TaskDraft draft = Draft(order, pool);
            StateWrite[]? held = await names.HoldAsync(pool, cancellation);
            if (held is null)
            {
                if (attempt < MaxAttempts)
                {
                    continue;
                }

                throw new CommandException(ExitCode.PoolRefused, Faster);
            }

            try
            {
                return await CommitAsync(
                    draft,
                    number =>
                    [
                        .. held,
                        .. PoolRegistry.Add(
                            new PoolRecord(pool.Id, pool.Name, PoolPhase.Creating, draft.Definition, number, [], Last: number),
                            pool),
                    ],
                    cancellation);
            }
            catch (StateConflictException conflict) when (
                (conflict.Write.Kind == StateKind.Ports || NameReservations.IsOf(conflict)) && attempt < MaxAttempts)
            {
            }
            catch (StateConflictException conflict)
            {
                throw conflict.Write.Kind != StateKind.Pools ? Lost(conflict) : new CommandException(
                    ExitCode.PoolRefused, $"the directories are of a pool of the cluster, {pool.Id} (kadalu pool list)");
            }
        }
    }

    private async Task<long> CommitAsync(
        TaskDraft draft, Func<long, IEnumerable<StateWrite>> writes, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            (long number, StateWrite counter) = await numbers.TakeAsync(cancellation);
            try
            {
                await store.CommitAsync(
                    [
                        counter, TaskBook.Write(draft.ToTask(number, time.GetUtcNow()), 0), .. writes(number),
                        .. await book.ForgetOldAsync(number, cancellation),
                    ],
                    cancellation);
            }
            catch (StateConflictException conflict) when (conflict.Write == counter && attempt < MaxAttempts)
            {
                // A task of another pool has this number.
                continue;
            }

            FaultPoint.Pass("task: noted");
            engine.Start(number);
            return number;
        }
    }

    private static TaskDraft Draft(CreateOrder order, Pool pool) =>
        new(order, pool.Id, PoolText.Write(pool), null, TaskStage.Checking, PoolText.NodesOf(pool));

    private static TaskDraft Draft(PoolOrder order, KnownPool known)
    {
        TaskObjections.Refuse(order, known.Record);
        JsonElement old = known.Record.Definition;
        JsonElement definition = order switch
        {
            ChangeOrder change => PoolText.Write(PoolPlanner.Plan(known.Pool, change)),
            RenameOrder rename => PoolText.Write(PoolPlanner.Plan(known.Pool, rename)),
            RenameNodeOrder rename => PoolText.Write(PoolPlanner.Plan(known.Pool, rename)),
            _ => old,
        };
        return new TaskDraft(
            order, known.Record.Id, definition, order is ChangeOrder or RenameOrder or RenameNodeOrder ? old : null,
            order is CatchUpOrder ? TaskStage.Changing : TaskStage.Checking, FindNodes(order, known));
    }

    private static PoolNode[] FindNodes(PoolOrder order, KnownPool known)
    {
        string? unit = (order as RestartOrder)?.Unit ?? (order as ReplaceUnitOrder)?.Unit;
        if (((order as DrainOrder)?.Node ?? (order as ResumeOrder)?.Node) is { } name)
        {
            return [known.Nodes.FirstOrDefault(node => node.Name == name) ?? throw new CommandException(
                ExitCode.PoolRefused,
                $"{order.Pool} has no unit on {name}, but on {string.Join(", ", known.Nodes.Select(node => node.Name))}")];
        }

        PoolNode[] nodes = order is CatchUpOrder { Node: var one } ? [.. known.Nodes.Where(node => node.Id == one.ToString())]
            : unit is null ? known.Nodes
            : [.. known.Pool.Units.Where(member => member.Unit.Address == unit).Select(member => member.Unit.Node)];
        return nodes.Length > 0 ? nodes : throw new CommandException(
            ExitCode.PoolRefused,
            $"{order.Pool} has no unit {unit}, but " +
            string.Join(", ", known.Pool.Units.Select(member => member.Unit.Address)));
    }

    private static CommandException Lost(StateConflictException conflict) => new(
        ExitCode.PoolRefused,
        PoolRegistry.Explain(conflict) ?? Faster);
}
