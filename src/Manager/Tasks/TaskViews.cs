using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Tasks as people see them.</summary>
/// <param name="book">The tasks.</param>
/// <param name="time">The clock.</param>
internal sealed class TaskViews(TaskBook book, TimeProvider time)
{
    /// <summary>All that are remembered, the latest one first, without what they said.</summary>
    internal async Task<TaskInfo[]> ListAsync(CancellationToken cancellation) =>
        [.. (await book.ListAsync(cancellation)).Reverse().Select(found => Describe(found.Task, int.MaxValue))];

    /// <summary>One.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="from">The first line that is wanted of what it says, from 0.</param>
    /// <param name="patience">How long to wait for news, if it runs and there are none yet.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">There is none.</exception>
    internal async Task<TaskInfo> GetAsync(long number, int from, TimeSpan patience, CancellationToken cancellation)
    {
        // First, so that nothing is kept for a number that somebody made up.
        TaskDocument task = await FindAsync(number, cancellation);
        if (task.State == TaskState.Running && patience > TimeSpan.Zero)
        {
            (string[] lines, Task news) = book.LinesOf(number).Read(from);

            // It may have ended before its news were waited for.
            task = await FindAsync(number, cancellation);
            if (task.State == TaskState.Running && lines.Length == 0)
            {
                await Task.WhenAny(news, Task.Delay(patience, time, cancellation));
                task = await FindAsync(number, cancellation);
            }
        }

        return Describe(task, from);
    }

    private async Task<TaskDocument> FindAsync(long number, CancellationToken cancellation) =>
        (await book.FindAsync(number, cancellation))?.Task ?? throw new CommandException(
            ExitCode.PoolRefused, $"there is no task {number} (kadalu task list)");

    private TaskInfo Describe(TaskDocument task, int from)
    {
        bool isRunning = task.State == TaskState.Running;
        TaskLines? lines = isRunning || from < int.MaxValue ? book.LinesOf(task.Id) : null;
        string[] said = lines?.Read(from).Lines ?? [];
        TaskPart[] parts = (isRunning ? lines?.Parts : null) ?? task.Parts;
        return new TaskInfo(
            task.Id, task.What, task.State, isRunning ? task.Stage.ToString().ToLowerInvariant() : null, task.Begun, task.Ended,
            [.. parts.Select(part => new TaskNodeInfo(part.Name, Describe(part.State, task.Stage, isRunning), part.Problem))],
            task.Problem, task.Code, said, from < int.MaxValue ? from + said.Length : 0);
    }

    private static string Describe(PartState state, TaskStage stage, bool isRunning) => state switch
    {
        PartState.Done when stage == TaskStage.Checking => "checked",
        PartState.Waits => isRunning ? "works" : "waits",
        _ => state.ToString().ToLowerInvariant(),
    };
}
