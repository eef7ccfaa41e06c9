using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Pools;

/// <summary>
/// Notes whether units of nodes were drained, as nodes say it: a task that was to stop or to start them may have failed half way, or may have ended
/// before the node was done with it.
/// </summary>
/// <param name="store">What the manager knows.</param>
/// <param name="pools">The pools.</param>
internal sealed class DrainNotes(IStateStore store, PoolRegistry pools)
{
    /// <summary>Looks at a report.</summary>
    /// <exception cref="Contract.CommandException">The store cannot be read or written.</exception>
    internal async Task LookAsync(Guid node, NodeReport report, CancellationToken cancellation)
    {
        foreach (PoolReport there in report.Pools)
        {
            if (there is { State: "started", IsDrained: { } isDrained } &&
                await pools.FindAsync(there.Id, cancellation) is { } known && IsNews(known, node, isDrained))
            {
                await NoteAsync(known, node, isDrained, cancellation);
            }
        }
    }

    // A node that is to be started, and has not been yet, is not drained any more.
    private static bool IsNews(KnownPool known, Guid node, bool isDrained) =>
        known.Record is { Task: null, IsOlder: false, Phase: PoolPhase.Started } record && known.FindNode(node) is not null &&
        record.IsDrained(node) != isDrained && record.Unstarted?.Contains(node) != true;

    private async Task NoteAsync(KnownPool known, Guid node, bool isDrained, CancellationToken cancellation)
    {
        Guid[] others = [.. (known.Record.Drained ?? []).Where(other => other != node)];
        Guid[] drained = isDrained ? [.. others, node] : others;
        try
        {
            await store.CommitAsync(
                [PoolRegistry.Write(known, known.Record with { Drained = drained.Length > 0 ? drained : null })], cancellation);
        }
        catch (StateConflictException)
        {
            // The next report says it again.
        }
    }
}
