using System.Collections.Concurrent;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Carries tasks out: tells nodes, and writes down what has become of it before it goes on.</summary>
/// <param name="store">What the manager knows.</param>
/// <param name="book">The tasks.</param>
/// <param name="pools">The pools.</param>
/// <param name="sender">Tells nodes.</param>
/// <param name="time">The clock.</param>
internal sealed class TaskEngine(
    IStateStore store, TaskBook book, PoolRegistry pools, StepSender sender, TimeProvider time, ILogger<TaskEngine> logger)
    : IDisposable
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _patience = new();

    // Of tasks that the manager itself cannot go on with.
    private readonly ConcurrentDictionary<long, CancellationTokenSource> _pauses = new();

    /// <summary>Goes on with what an earlier process of the manager has begun.</summary>
    /// <exception cref="CommandException">The store cannot be read.</exception>
    internal async Task ResumeAsync(CancellationToken cancellation)
    {
        foreach ((TaskDocument task, _) in await book.ListAsync(cancellation))
        {
            if (task.State == TaskState.Running)
            {
                ManagerLog.TaskResumed(logger, task.Id, task.What);
                Start(task.Id);
            }
        }
    }

    /// <summary>Carries out a task that is written down.</summary>
    internal void Start(long number) => _running[number] = Task.Run(() => RunAsync(number, _stopping.Token));

    /// <summary>Has nodes check a task that is not written down, and never will be.</summary>
    /// <returns>What each says.</returns>
    internal Task<TaskPart[]> CheckAsync(TaskDocument task, PoolRecord pool, CancellationToken cancellation) => Task.WhenAll(
        task.Parts.Select(part => sender.SendAsync(
            part, TaskSteps.Find(task, pool), isCheck: true, _ => { }, CancellationToken.None, cancellation)));

    /// <summary>
    /// Waits no longer for nodes that have not answered yet at the stage of a task: they count as away. A task with which the manager itself cannot
    /// go on ends.
    /// </summary>
    /// <returns>Whether some were waited for, or it is such a task.</returns>
    internal bool Abandon(long number)
    {
        try
        {
            CancellationTokenSource? patience = _patience.GetValueOrDefault(number) ?? _pauses.GetValueOrDefault(number);
            patience?.Cancel();
            return patience is not null;
        }
        catch (ObjectDisposedException)
        {
            // All have answered just now.
            return false;
        }
    }

    /// <summary>Leaves tasks where they are: the next process goes on with them.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(long number, CancellationToken stop)
    {
        try
        {
            TimeSpan pause = s_shortestPause;
            while (await TryTurnAsync(number, pause, stop) is { } goesOn)
            {
                pause = goesOn ? s_shortestPause : pause < s_longestPause ? 2 * pause : s_longestPause;
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
        finally
        {
            _running.TryRemove(number, out _);
            book.LinesOf(number).Wake();
        }
    }

    // Such as a full disk: it passes, and what was not noted is done again. Null where the task has ended.
    private async Task<bool?> TryTurnAsync(long number, TimeSpan pause, CancellationToken stop)
    {
        try
        {
            return await TurnAsync(number, stop) ? true : null;
        }
        catch (OperationCanceledException)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever it is: other tasks go on, and this one is tried again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ManagerLog.TaskRetried(logger, number, pause.TotalSeconds, exception);
            book.LinesOf(number).Say($"the manager cannot go on with it: {exception.Message}; it tries again");
            return await IsAbandonedAsync(number, pause, stop) && await EndAsync(number, exception.Message, stop) ? null : false;
        }
    }

    private async Task<bool> IsAbandonedAsync(long number, TimeSpan pause, CancellationToken stop)
    {
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _pauses[number] = abandoned;
        try
        {
            await Task.Delay(pause, time, abandoned.Token);
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return true;
        }
        finally
        {
            _pauses.TryRemove(number, out _);
        }
    }

    // False where that cannot be noted either.
    private async Task<bool> EndAsync(long number, string fault, CancellationToken stop)
    {
        try
        {
            if (await book.FindAsync(number, stop) is ({ State: TaskState.Running } task, var revision))
            {
                KnownPool? known = await pools.FindAsync(task.PoolId, stop);
                TaskTurn turn = TaskCourse.GiveUp(task, known?.Record, fault, time.GetUtcNow());
                IEnumerable<StateWrite> pool = known is null ? [] : [PoolRegistry.Write(known, turn.Pool!)];
                await store.CommitAsync([TaskBook.Write(turn.Task, revision), .. pool], stop);
                Say(turn.Task);
            }

            return true;
        }
        catch (Exception exception) when (exception is CommandException or StateConflictException)
        {
            book.LinesOf(number).Say($"it cannot be abandoned: {exception.Message}");
            return false;
        }
    }

    private async Task<bool> TurnAsync(long number, CancellationToken stop)
    {
        if (await book.FindAsync(number, stop) is not ({ State: TaskState.Running } task, var revision) ||
            await pools.FindAsync(task.PoolId, stop) is not { } known)
        {
            return false;
        }

        FaultPoint.Pass($"task: {task.Stage} begins");
        task = task with { Parts = await CarryOutAsync(task, known.Record, stop) };
        FaultPoint.Pass($"task: {task.Stage} is done");
        TaskTurn turn = TaskCourse.Next(task, known.Record, time.GetUtcNow());
        IEnumerable<StateWrite> pool = turn.Pool is null
            ? await pools.RemoveAsync(known, stop) : [PoolRegistry.Write(known, turn.Pool), .. await FreeNameAsync(turn, stop)];
        await store.CommitAsync([TaskBook.Write(turn.Task, revision), .. pool], stop);
        FaultPoint.Pass($"task: {task.Stage} is noted");
        Say(turn.Task);
        return turn.Task.State == TaskState.Running;
    }

    // A pool that is renamed has both names meanwhile.
    private async Task<IEnumerable<StateWrite>> FreeNameAsync(TaskTurn turn, CancellationToken stop) =>
        turn.Task is { State: not TaskState.Running, Order: RenameOrder rename } && turn.Pool is { } pool
            ? await pools.FreeNameAsync(pool.Name == rename.Name ? rename.Pool : rename.Name, pool.Id, stop) : [];

    private async Task<TaskPart[]> CarryOutAsync(TaskDocument task, PoolRecord pool, CancellationToken stop)
    {
        TaskLines lines = book.LinesOf(task.Id);
        var parts = (TaskPart[])task.Parts.Clone();
        lines.Show(parts);
        using var together = new CancellationTokenSource();
        _patience[task.Id] = together;
        async Task DoAsync(int place, CancellationTokenSource patience)
        {
            TaskPart part = parts[place];
            parts[place] = await sender.SendAsync(
                part, TaskSteps.Find(task, pool), task.Stage == TaskStage.Checking,
                said => lines.Say($"{part.Name}: {said}"), patience.Token, stop);
            lines.Wake();
        }

        int[] waiting = [.. Enumerable.Range(0, parts.Length).Where(place => parts[place].State == PartState.Waits)];
        try
        {
            if (!task.OneByOne)
            {
                await Task.WhenAll(waiting.Select(place => DoAsync(place, together)));
                return parts;
            }

            // What one has refused no other one does.
            foreach (int place in waiting.TakeWhile(_ => parts.All(part => part.State != PartState.Failed)))
            {
                // Who abandons one does not abandon those that were not told yet.
                using var alone = new CancellationTokenSource();
                _patience[task.Id] = alone;
                await DoAsync(place, alone);
            }

            return parts;
        }
        finally
        {
            _patience.TryRemove(task.Id, out _);
        }
    }

    private void Say(TaskDocument task)
    {
        book.LinesOf(task.Id).Wake();
        switch (task.State)
        {
            case TaskState.Done:
                ManagerLog.TaskDone(logger, task.Id, task.What, task.Problem ?? "");
                break;
            case TaskState.Failed:
                ManagerLog.TaskFailed(logger, task.Id, task.What, (task.Problem ?? "").ReplaceLineEndings("; "));
                break;
        }
    }
}
