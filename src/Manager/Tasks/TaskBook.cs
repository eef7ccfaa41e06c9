using System.Collections.Concurrent;
using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Tasks;

/// <summary>Tasks as they are written down, and what is said meanwhile, which is forgotten when the manager ends. From any thread.</summary>
/// <param name="store">What the manager knows.</param>
internal sealed class TaskBook(IStateStore store)
{
    private const int MaxTasks = 1000;

    private readonly ConcurrentDictionary<long, TaskLines> _lines = new();

    /// <summary>What is to be written for a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="expected">Its revision in the store; 0 for a new one.</param>
    internal static StateWrite Write(TaskDocument task, long expected) => StateWrite.Of(
        StateKind.Tasks, KeyOf(task.Id), expected, task, TaskDocumentJson.Default.TaskDocument);

    /// <summary>Finds a task.</summary>
    /// <returns>It with its revision in the store; null where there is none.</returns>
    internal async Task<(TaskDocument Task, long Revision)?> FindAsync(long number, CancellationToken cancellation) =>
        await store.FindAsync(StateKind.Tasks, KeyOf(number), cancellation) is { } found
            ? (found.Read(TaskDocumentJson.Default.TaskDocument), found.Revision) : null;

    /// <summary>All tasks that are remembered.</summary>
    /// <returns>They, the first one first.</returns>
    internal async Task<(TaskDocument Task, long Revision)[]> ListAsync(CancellationToken cancellation) =>
        [.. (await ListFoundAsync(cancellation))
            .Select(found => (found.Read(TaskDocumentJson.Default.TaskDocument), found.Revision))];

    /// <summary>What is to be written so that there are not more tasks every year.</summary>
    /// <param name="newest">The number of the task that is begun now.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal async Task<IEnumerable<StateWrite>> ForgetOldAsync(long newest, CancellationToken cancellation)
    {
        // With the new one; and by how many there are, since numbers jump.
        StateDocument[] all = await ListFoundAsync(cancellation);
        var writes = new List<StateWrite>();
        foreach (StateDocument found in all.Take(Math.Max(0, all.Length + 1 - MaxTasks)))
        {
            TaskDocument task = found.Read(TaskDocumentJson.Default.TaskDocument);
            if (task.State != TaskState.Running && task.Id != newest)
            {
                _lines.TryRemove(task.Id, out _);
                writes.Add(new StateWrite(StateKind.Tasks, found.Key, found.Revision, null));
            }
        }

        return writes;
    }

    /// <summary>What a task says.</summary>
    internal TaskLines LinesOf(long number) => _lines.GetOrAdd(number, _ => new TaskLines());

    // By number: very high ones have more digits than keys usually have.
    private async Task<StateDocument[]> ListFoundAsync(CancellationToken cancellation) =>
        [.. (await store.ListAsync(StateKind.Tasks, "", cancellation))
            .OrderBy(found => long.Parse(found.Key, NumberStyles.None, CultureInfo.InvariantCulture))];

    // In the order of numbers.
    private static string KeyOf(long number) => number.ToString("D12", CultureInfo.InvariantCulture);
}
