using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>What a task becomes when all nodes have answered, and the pool with it.</summary>
/// <param name="Task">The task.</param>
/// <param name="Pool">The pool; null where it is gone.</param>
internal sealed record TaskTurn(TaskDocument Task, PoolRecord? Pool);

/// <summary>
/// The course of tasks: check everywhere, then change everywhere. What was not changed everywhere is undone where the pool is new, or a node has
/// refused; a node that is away is told when it is back.
/// </summary>
internal static class TaskCourse
{
    /// <summary>Decides what comes next.</summary>
    /// <param name="task">The task; each node has answered at this stage.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="now">The time.</param>
    internal static TaskTurn Next(TaskDocument task, PoolRecord pool, DateTimeOffset now)
    {
        TaskPart[] refused = [.. task.Parts.Where(part => part.State == PartState.Failed)];
        TaskPart[] away = [.. task.Parts.Where(part => part.State == PartState.Away)];
        TaskTurn End(string? problem, int code, PoolRecord? left) => new(
            task with { State = code == 0 ? TaskState.Done : TaskState.Failed, Problem = problem, Code = code, Ended = now },
            left is null ? null : left with { Task = null });
        TaskTurn Finish(PoolRecord? left)
        {
            string what = task.Order.IsOfProcesses ? "not done there: order it again" : "told when back";
            string? awayNote = away.Length == 0 ? null : $"{Names(away)}: away, and {what}";
            string? untoldNote = task.Parts.Where(part => part.State == PartState.Waits).ToArray() is { Length: > 0 } untold
                ? $"{Names(untold)}: not told, since the node before has failed" : null;
            string? problem = Join([Describe(task, refused), awayNote, untoldNote]);
            int late = away.Length > 0 && !task.Order.IsOfflineOk ? (int)ExitCode.PeerUnreachable : 0;
            return End(problem, task.Code != 0 ? task.Code : refused.Length > 0 ? CodeOf(refused) : late, left);
        }

        switch (task.Order, task.Stage)
        {
            case (CreateOrder, TaskStage.Checking) when refused.Length + away.Length > 0:
                return End(Describe(task, [.. refused, .. away]), CodeOf([.. refused, .. away]), null);
            case (_, TaskStage.Checking) when away.Length == task.Parts.Length:
                return End(Describe(task, away) + "\n  nothing was changed: no node of it is there", CodeOf(away), pool);
            case (_, TaskStage.Checking) when refused.Length > 0 || (away.Length > 0 && !task.Order.IsOfflineOk):
                string hint = refused.Length == 0 ? "\n  nothing was changed; --offline-ok does it there when it is back" : "";
                return End(
                    Describe(task, [.. refused, .. away]) + hint, CodeOf([.. refused, .. away]), pool);
            case (_, TaskStage.Checking):
                return new TaskTurn(
                    task.At(TaskStage.Changing, IsOneByOne(task)), pool with
                    {
                        Name = (task.Order as RenameOrder)?.Name ?? pool.Name,
                        Definition = task.Definition,
                        Left = task.Order is DeleteOrder ? NodesOf(task) : [],
                        Phase = task.Order switch
                        {
                            StartOrder => PoolPhase.Started,
                            StopOrder => PoolPhase.Stopped,
                            DeleteOrder => PoolPhase.Deleting,
                            _ => pool.Phase,
                        },
                    });
            case (CreateOrder, TaskStage.Changing) when refused.Length + away.Length > 0:
                return Undo(task, [.. refused, .. away], pool with { Phase = PoolPhase.Deleting, Left = NodesOf(task) });
            case (CreateOrder create, TaskStage.Changing):
                return create.Starts ? new TaskTurn(task.At(TaskStage.Running), pool with { Phase = PoolPhase.Started })
                    : Finish(pool with { Phase = PoolPhase.Stopped });
            case (ChangeOrder or RenameOrder or RenameNodeOrder, TaskStage.Changing) when refused.Length > 0:
                return Undo(task, refused, pool with { Name = task.Order.Pool, Definition = TaskSteps.Undo(task) });
            case (CatchUpOrder, TaskStage.Changing) when pool.Phase != PoolPhase.Deleting && refused.Length + away.Length == 0:
                return new TaskTurn(task.At(TaskStage.Running), pool);
            case (CreateOrder, TaskStage.Undoing):
            case (DeleteOrder, TaskStage.Changing):
            case (CatchUpOrder, TaskStage.Changing) when pool.Phase == PoolPhase.Deleting:
                HashSet<Guid> gone = [.. task.Parts.Where(part => part.State == PartState.Done).Select(part => part.Node)];
                Guid[] left = [.. pool.Left.Where(node => !gone.Contains(node))];
                return Finish(left.Length > 0 ? pool with { Left = left } : null);
            case ({ ChangeTerms: { } terms }, TaskStage.Changing or TaskStage.Undoing):
                return Finish(pool.After(terms, isMissed: away.Length > 0));
            default:
                return Finish(Note(task, pool));
        }
    }

    // Which nodes were drained, and which have to start it still.
    private static PoolRecord Note(TaskDocument task, PoolRecord pool)
    {
        Guid[] Nodes(PartState state) => [.. task.Parts.Where(part => part.State == state).Select(part => part.Node)];
        Guid[] done = Nodes(PartState.Done), late = [.. Nodes(PartState.Away), .. Nodes(PartState.Failed)];
        Guid[] drained = pool.Drained ?? [], unstarted = pool.Unstarted ?? [];
        (drained, unstarted) = task.Order switch
        {
            DrainOrder => ([.. drained.Union(done)], unstarted),
            StartOrder or CreateOrder => (
                [.. drained.Except(done).Except(late)], [.. unstarted.Except(done).Union(late)]),
            RestartOrder or ReplaceUnitOrder or ResumeOrder => ([.. drained.Except(done)], [.. unstarted.Except(done)]),
            CatchUpOrder => (drained, [.. unstarted.Except(done)]),
            StopOrder => ([], []),
            _ => (drained, unstarted),
        };
        return pool with { Drained = NullIfEmpty(drained), Unstarted = NullIfEmpty(unstarted) };
    }

    private static Guid[]? NullIfEmpty(Guid[] nodes) => nodes.Length > 0 ? nodes : null;

    /// <summary>Ends a task that the manager cannot go on with: nodes are told what the pool is by now, each as if it had been away.</summary>
    /// <param name="task">The task.</param>
    /// <param name="pool">The pool; null where it is gone.</param>
    /// <param name="fault">Why the manager cannot go on.</param>
    /// <param name="now">The time.</param>
    internal static TaskTurn GiveUp(TaskDocument task, PoolRecord? pool, string fault, DateTimeOffset now)
    {
        string problem = Join([task.Problem, $"abandoned, since the manager could not go on with it: {fault}"])!;
        TaskDocument ended = task with
        {
            State = TaskState.Failed,
            Ended = now,
            Problem = problem,
            Code = task.Code != 0 ? task.Code : (int)ExitCode.InternalError,
        };

        // A new pool is nobody's yet: what nodes have of it goes again.
        PoolRecord? left = pool?.Phase == PoolPhase.Creating
            ? pool with { Phase = PoolPhase.Deleting, Left = NodesOf(task) } : pool;
        return new TaskTurn(ended, left is null ? null : left with { Task = null });
    }

    private static bool IsOneByOne(TaskDocument task) =>
        task.Order is RestartOrder { IsRolling: true } || task.Parts.Any(part => part.Restarts);

    // Everywhere: who was away may have done it.
    private static TaskTurn Undo(TaskDocument task, TaskPart[] because, PoolRecord pool)
    {
        TaskDocument undoing = task with
        {
            Problem = Describe(task, because) + "\n  what was done is undone",
            Code = CodeOf(because),
            Parts = [.. task.Parts.Select(part => new TaskPart(part.Node, part.Name))],
        };
        return new TaskTurn(undoing.At(TaskStage.Undoing, task.OneByOne), pool);
    }

    private static Guid[] NodesOf(TaskDocument task) => [.. task.Parts.Select(part => part.Node)];

    private static int CodeOf(TaskPart[] parts) =>
        parts.FirstOrDefault(part => part.Code != 0)?.Code ?? (int)ExitCode.InternalError;

    private static string Names(TaskPart[] parts) => string.Join(", ", parts.Select(part => part.Name));

    // What had failed before, and what fails now: what several say is said once.
    private static string? Describe(TaskDocument task, TaskPart[] parts) =>
        Join(parts.GroupBy(part => part.Problem).Select(same => $"{Names([.. same])}: {same.Key}").Prepend(task.Problem));

    private static string? Join(IEnumerable<string?> lines) =>
        string.Join("\n", lines.OfType<string>()) is { Length: > 0 } text ? text : null;
}
