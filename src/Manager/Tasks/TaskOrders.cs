using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
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
/// <param name="engine">Carries tasks out.</param>
/// <param name="time">The clock.</param>
internal sealed class TaskOrders(
    IStateStore store, TaskNumbers numbers, TaskBook book, PoolRegistry pools, PoolPlanner planner, TaskEngine engine,
    TimeProvider time)
{
    private const int MaxAttempts = 20;

    // Nobody knows of a task that nobody has ordered: it is waited for, instead of refusing another one.
    private static readonly TimeSpan s_waitsForOwn = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

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

        DateTimeOffset start = time.GetUtcNow();
        while (true)
        {
            KnownPool known = await pools.GetAsync(order.Pool, cancellation);
            if (known.Record.Task is not { } number || time.GetUtcNow() - start > s_waitsForOwn ||
                (await book.FindAsync(number, cancellation))?.Task.Order is not CatchUpOrder)
            {
                return await BeginAsync(order, known, cancellation);
            }

            await Task.Delay(s_pause, time, cancellation);
        }
    }

    /// <summary>Begins a task on a pool that is there.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="CommandException">It cannot be begun; nothing was changed.</exception>
    internal async Task<long> BeginAsync(PoolOrder order, KnownPool known, CancellationToken cancellation)
    {
        PoolRecord record = known.Record;
        Refuse(order, record);
        JsonElement definition =
            order is ChangeOrder change ? PoolText.Write(PoolPlanner.Plan(known.Pool, change)) : record.Definition;
        JsonElement? before = order is ChangeOrder ? record.Definition : null;
        PoolNode[] nodes = order is CatchUpOrder { Node: var one }
            ? [.. known.Nodes.Where(node => node.Id == one.ToString())] : known.Nodes;
        TaskStage stage = order is CatchUpOrder ? TaskStage.Changing : TaskStage.Checking;
        try
        {
            return await CommitAsync(
                order, record.Id, definition, before, stage, nodes,
                number =>
                [
                    PoolRegistry.Write(
                        known,
                        record with { Task = number, Last = number, IsOlder = record.IsOlder && order is not DeleteOrder }),
                ],
                cancellation);
        }
        catch (StateConflictException conflict)
        {
            throw Lost(conflict);
        }
    }

    // Of two that are planned at the same time one gets other ports than it was planned with.
    private async Task<long> BeginAsync(CreateOrder order, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            Pool pool = await planner.PlanAsync(order, cancellation);
            JsonElement definition = PoolText.Write(pool);
            try
            {
                return await CommitAsync(
                    order, pool.Id, definition, before: null, TaskStage.Checking, PoolText.NodesOf(pool),
                    number => PoolRegistry.Add(
                        new PoolRecord(pool.Id, pool.Name, PoolPhase.Creating, definition, number, [], number), pool),
                    cancellation);
            }
            catch (StateConflictException conflict) when (conflict.Write.Kind == StateKind.Ports && attempt < MaxAttempts)
            {
            }
            catch (StateConflictException conflict)
            {
                throw Lost(conflict);
            }
        }
    }

    private async Task<long> CommitAsync(
        PoolOrder order, Guid pool, JsonElement definition, JsonElement? before, TaskStage stage, PoolNode[] nodes,
        Func<long, IEnumerable<StateWrite>> writes, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            (long number, StateWrite counter) = await numbers.TakeAsync(cancellation);
            var task = new TaskDocument(
                number, pool, order, definition, before, stage, TaskState.Running,
                [.. nodes.Select(node => new TaskPart(Guid.Parse(node.Id), node.Name))], OneByOne: false, time.GetUtcNow());
            try
            {
                await store.CommitAsync(
                    [counter, TaskBook.Write(task, 0), .. writes(number), .. await book.ForgetOldAsync(cancellation)],
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

    private static CommandException Lost(StateConflictException conflict) => new(
        ExitCode.PoolRefused,
        PoolRegistry.Explain(conflict) ?? "another command was faster: nothing was changed, try again");

    private static void Refuse(PoolOrder order, PoolRecord record)
    {
        string? objection = (record, order) switch
        {
            ({ Task: { } task }, _) => $"the task {task} changes {record.Name} now (kadalu task wait {task})",
            ({ IsOlder: true }, not (StopOrder or DeleteOrder)) =>
                $"nodes know more of {record.Name} than the manager (kadalu pool list says what; kadalu pool adopt " +
                $"{record.Name} --from NODE)",
            (_, CatchUpOrder) => null,
            ({ Phase: PoolPhase.Deleting }, not DeleteOrder) =>
                $"{record.Name} is being deleted (kadalu pool delete {record.Name})",
            ({ Phase: PoolPhase.Started }, DeleteOrder) => $"{record.Name} is started: kadalu pool stop {record.Name} before",
            _ => null,
        };
        if (objection is not null)
        {
            throw new CommandException(ExitCode.PoolRefused, objection);
        }
    }
}
