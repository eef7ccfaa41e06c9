using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.State;

namespace KadaluFsd.Manager.Pools;

/// <summary>
/// Finds out from nodes that this state is an older copy: then tasks go on above what nodes have seen, and nothing is done with pools of which nodes
/// know more.
/// </summary>
/// <param name="store">What the manager knows.</param>
/// <param name="numbers">Numbers of tasks.</param>
/// <param name="pools">The pools.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="presence">What they have said last.</param>
/// <param name="time">The clock.</param>
internal sealed class OlderState(
    IStateStore store, TaskNumbers numbers, PoolRegistry pools, NodeRegistry nodes, NodePresence presence, TimeProvider time)
{
    private const string Key = "older";
    private const int MaxAttempts = 20;

    /// <summary>Looks at a report.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="report">What it says.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What was found out by this report: the number that this state knew, and pools of which the node knows more.</returns>
    /// <exception cref="Contract.CommandException">The store cannot be read or written.</exception>
    internal async Task<(long? Known, string[] Pools)> LookAsync(
        Guid node, NodeReport report, CancellationToken cancellation)
    {
        long? known = TaskNumbers.IsOne(report.Generation) ? await RaiseAsync(report, cancellation) : null;
        var found = new List<string>();
        foreach (PoolReport there in report.Pools)
        {
            if (await pools.FindAsync(there.Id, cancellation) is { } pool && pool.IsOlderThan(there) &&
                await MarkAsync(pool, cancellation))
            {
                found.Add(there.Name);
            }
        }

        // A pool that was deleted since: the node has seen that, and has nothing of it any more.
        if (await FindSeenAsync(cancellation) is { } seen && report.Generation > seen.Known)
        {
            foreach (KnownPool pool in await pools.ListOnAsync(node, cancellation))
            {
                if (report.Pools.All(there => there.Id != pool.Record.Id) && !(pool.Record.Last > seen.Known) &&
                    await MarkAsync(pool, cancellation))
                {
                    found.Add(pool.Record.Name);
                }
            }

            await ForgetAsync(cancellation);
        }

        return (known, [.. found]);
    }

    /// <summary>Says what is older, for people.</summary>
    /// <exception cref="Contract.CommandException">The store cannot be read.</exception>
    internal async Task<string[]> DescribeAsync(CancellationToken cancellation)
    {
        string[] older =
            [.. (await pools.ListAsync(cancellation)).Where(pool => pool.Record.IsOlder).Select(pool => pool.Record.Name)];
        OlderDocument? seen = await FindSeenAsync(cancellation);
        var problems = new List<string>();
        if (seen is not null && (older.Length > 0 || await numbers.FindLastAsync(cancellation) == seen.Seen))
        {
            problems.Add(
                $"this state is an older copy: it ended with the task {seen.Known}, and {seen.Node} had seen the task " +
                $"{seen.Seen} ({seen.At:u})");
        }

        problems.AddRange(older.Select(name => $"{name} is later on nodes than here (kadalu pool list)"));
        return [.. problems];
    }

    // The number that was known; null where that is enough.
    private async Task<long?> RaiseAsync(NodeReport report, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            long known = await numbers.FindLastAsync(cancellation);
            if (await numbers.RaiseAsync(report.Generation, cancellation) is not { } number)
            {
                return null;
            }

            StateDocument? before = await store.FindAsync(StateKind.Cluster, Key, cancellation);

            // The number that was raised for another node is that of no task.
            OlderDocument? raised = before?.Read(PoolRecordJson.Default.OlderDocument);
            known = raised?.Seen == known ? raised.Known : known;
            var seen = new OlderDocument(known, report.Generation, report.Name, time.GetUtcNow());
            try
            {
                await store.CommitAsync(
                    [
                        number,
                        StateWrite.Of(
                            StateKind.Cluster, Key, before?.Revision ?? 0, seen, PoolRecordJson.Default.OlderDocument),
                    ],
                    cancellation);
                return known;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // A task has begun, or another node has said the same.
            }
        }
    }

    // When all nodes have said since what they know, nothing waits for a person, and tasks have gone on: a node that misses a pool from then
    // on has lost it, and is told.
    private async Task ForgetAsync(CancellationToken cancellation)
    {
        if (await store.FindAsync(StateKind.Cluster, Key, cancellation) is not { } found)
        {
            return;
        }

        OlderDocument seen = found.Read(PoolRecordJson.Default.OlderDocument);
        if (await numbers.FindLastAsync(cancellation) > seen.Seen &&
            (await pools.ListAsync(cancellation)).All(pool => pool.Record is { Task: null, IsOlder: false }) &&
            (await nodes.ListAsync(cancellation)).All(node => presence.Find(node.Id)?.At > seen.At))
        {
            try
            {
                await store.CommitAsync([new StateWrite(StateKind.Cluster, Key, found.Revision, null)], cancellation);
            }
            catch (StateConflictException)
            {
                // Another node has just said that it has seen more.
            }
        }
    }

    private async Task<OlderDocument?> FindSeenAsync(CancellationToken cancellation) =>
        (await store.FindAsync(StateKind.Cluster, Key, cancellation))?.Read(PoolRecordJson.Default.OlderDocument);

    private async Task<bool> MarkAsync(KnownPool pool, CancellationToken cancellation)
    {
        // Who carries out a task of it has the say meanwhile.
        if (pool.Record is not { Task: null, IsOlder: false })
        {
            return false;
        }

        try
        {
            await store.CommitAsync([PoolRegistry.Write(pool, pool.Record with { IsOlder = true })], cancellation);
            return true;
        }
        catch (StateConflictException)
        {
            // The next report shows it again.
            return false;
        }
    }
}

/// <summary>That nodes had seen later tasks than this state.</summary>
/// <param name="Known">The number of the latest task in it.</param>
/// <param name="Seen">The number that was seen.</param>
/// <param name="Node">Which node.</param>
/// <param name="At">When it said so.</param>
internal sealed record OlderDocument(long Known, long Seen, string Node, DateTimeOffset At);
