using System.Collections.Concurrent;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Pools;

/// <summary>
/// Takes over pools that nodes had before they joined: when all nodes of a pool are in the cluster and have the same definition. Its units serve
/// throughout. From any thread.
/// </summary>
/// <param name="store">What the manager knows.</param>
/// <param name="pools">The pools of the cluster.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="reservations">Whose a name is.</param>
/// <param name="presence">What they have said last.</param>
/// <param name="clients">Asks them.</param>
/// <param name="numbers">Numbers of tasks.</param>
internal sealed class PoolTakeOver(
    IStateStore store, PoolRegistry pools, NodeRegistry nodes, NameReservations reservations, NodePresence presence,
    NodeClients clients, TaskNumbers numbers)
{
    // For all definitions of a node that reports: it waits for the answer.
    private static readonly TimeSpan s_asksWithin = TimeSpan.FromSeconds(5);

    // As each node has said it last.
    private readonly ConcurrentDictionary<(Guid Node, Guid Pool), StrangePool> _strangers = new();

    /// <summary>Pools of nodes that are not the cluster's, and why.</summary>
    internal StrangePool[] Strangers =>
        [.. _strangers.Values.DistinctBy(pool => (pool.Id, pool.Problem)).OrderBy(pool => pool.Name, StringComparer.Ordinal)];

    /// <summary>Forgets what a node has said.</summary>
    internal void Forget(Guid node) => Forget(place => place.Node == node);

    /// <summary>Looks at a report.</summary>
    /// <returns>Names of pools that were taken over.</returns>
    /// <exception cref="CommandException">The store cannot be read or written.</exception>
    internal async Task<string[]> LookAsync(Guid node, NodeReport report, CancellationToken cancellation)
    {
        HashSet<Guid> has = [.. report.Pools.Select(pool => pool.Id)];
        Forget(place => place.Node == node && !has.Contains(place.Pool));
        var taken = new List<string>();
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        asking.CancelAfter(s_asksWithin);
        foreach (PoolReport there in report.Pools.Where(pool => pool.State is "started" or "stopped"))
        {
            if (await pools.FindAsync(there.Id, cancellation) is not null)
            {
                Forget(place => place.Pool == there.Id);
            }
            else if (await TryAsync(node, there, known: null, from: null, asking.Token, cancellation) is { } problem)
            {
                _strangers[(node, there.Id)] = new StrangePool(there.Id, there.Name, problem);
            }
            else
            {
                Forget(place => place.Pool == there.Id);
                taken.Add(there.Name);
            }
        }

        return [.. taken];
    }

    /// <summary>Takes over a pool whose nodes have different definitions, or of which nodes know more than this state.</summary>
    /// <param name="name">The pool's name.</param>
    /// <param name="from">The node whose definition it is to have.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It cannot be; says why.</exception>
    internal async Task TakeOverAsync(string name, string from, CancellationToken cancellation)
    {
        NodeDocument node = await nodes.GetAsync(from, cancellation);

        // It may have been renamed since.
        Guid? id = (await pools.FindAsync(name, cancellation))?.Record.Id;
        PoolReport[] reported = (await presence.HearAsync(node.Id, cancellation))?.Report.Pools ?? throw new CommandException(
            ExitCode.PeerUnreachable, $"{from} does not report to the manager (kadalu doctor says why)");
        PoolReport there = reported.FirstOrDefault(pool => pool.Id == id) ??
            reported.FirstOrDefault(pool => pool.Name == name) ??
            throw new CommandException(ExitCode.PoolRefused, $"{from} has not said that it has a pool \"{name}\"");
        KnownPool? known = await pools.FindAsync(there.Id, cancellation);
        if (known is { Record.IsOlder: false } or { Record.Task: not null })
        {
            throw new CommandException(ExitCode.PoolRefused, $"the pool \"{name}\" of {from} is the cluster's already");
        }

        if (await TryAsync(node.Id, there, known, from, cancellation, cancellation) is { } problem)
        {
            throw new CommandException(ExitCode.PoolRefused, problem);
        }

        Forget(place => place.Pool == there.Id);
    }

    private void Forget(Func<(Guid Node, Guid Pool), bool> isOver)
    {
        foreach ((Guid Node, Guid Pool) place in _strangers.Keys.Where(isOver))
        {
            _strangers.TryRemove(place, out _);
        }
    }

    // Returns why it cannot be; null where it was done.
    private async Task<string?> TryAsync(
        Guid node, PoolReport there, KnownPool? known, string? from, CancellationToken asking, CancellationToken cancellation)
    {
        if (await nodes.FindAsync(node, cancellation) is not { } document)
        {
            return "its node was removed";
        }

        Pool pool;
        try
        {
            pool = PoolText.Read((await clients.AskDefinitionAsync(document, there.Id, asking)).Definition);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"its node has not said what it is within {s_asksWithin.TotalSeconds} s";
        }
        catch (CommandException exception)
        {
            return exception.Message;
        }

        // One that was renamed has its id still.
        NodeDocument[] all = await nodes.ListAsync(cancellation);
        NodeDocument? Find(PoolNode known) => all.FirstOrDefault(each => each.Id.ToString() == known.Id) ??
            all.FirstOrDefault(each => each.Name == known.Name);
        PoolNode[] places = [.. pool.Units.Select(member => member.Unit.Node).DistinctBy(place => place.Name)];
        if (places.Where(place => Find(place) is null).ToArray() is { Length: > 0 } missing)
        {
            return $"not in the cluster yet: {string.Join(", ", missing.Select(place => place.Name))}";
        }

        // What it calls them is nobody else's from now on.
        var held = new List<StateWrite>();
        foreach (PoolNode place in places)
        {
            NodeDocument called = Find(place)!;
            if (await reservations.HoldAsync(called.Id, place.Name, cancellation) is not { } write)
            {
                return $"it calls the node {called.Name} {place.Name}, and so is another one called by the cluster or its " +
                    "pools: give that one another name (kadalu node rename)";
            }

            held.Add(write);
        }

        PoolReport? FindReport(PoolNode place) =>
            presence.Find(Find(place)!.Id)?.Report.Pools.FirstOrDefault(each => each.Id == there.Id);
        (string Name, PoolReport? Pool)[] reports = [.. places.Select(place => (place.Name, FindReport(place)))];
        if (from is null && FindDifference(reports, there) is { } difference)
        {
            return difference;
        }

        // Each node knows its own id alone, and counts its own revisions.
        int revision = Math.Max(reports.Max(each => each.Pool?.Revision ?? 0), known?.Pool.Revision ?? 0);
        pool = pool.SelectUnits(unit => unit with { Node = unit.Node with { Id = Find(unit.Node)!.Id.ToString() } }) with
        {
            Revision = revision + (from is null ? 0 : 1),
        };
        var phase = reports.Any(each => each.Pool?.State == "started") ? PoolPhase.Started : PoolPhase.Stopped;
        try
        {
            // Above what all of its nodes have seen: their reports have raised it.
            long last = await numbers.FindLastAsync(cancellation);
            var record = new PoolRecord(pool.Id, pool.Name, phase, PoolText.Write(pool), null, [], Last: last)
                .WithRunsOf(known?.Record, pool);
            await store.CommitAsync(
                [
                    .. held,
                    .. known is null
                        ? PoolRegistry.Add(record, pool) : await pools.ReplaceAsync(known, record, pool, cancellation),
                ],
                cancellation);
            return null;
        }
        catch (StateConflictException conflict)
        {
            return PoolRegistry.Explain(conflict) ??
                (NameReservations.IsOf(conflict) ? "one of its nodes was given another name just now" : conflict.Message);
        }
    }

    private static string? FindDifference((string Name, PoolReport? Pool)[] all, PoolReport there)
    {
        if (all.Where(each => each.Pool is null).Select(each => each.Name).ToArray() is { Length: > 0 } silent)
        {
            return $"{string.Join(", ", silent)}: has not said that it has this pool";
        }

        return all.All(each => each.Pool!.Digest == there.Digest) ? null
            : $"its nodes have different definitions: " +
                string.Join("; ", all.Select(each => $"{each.Name} revision {each.Pool!.Revision}, digest {each.Pool.Digest}")) +
                $" (kadalu pool adopt {there.Name} --from NODE)";
    }
}

/// <summary>A pool of nodes that is not the cluster's.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Problem">Why not.</param>
internal sealed record StrangePool(Guid Id, string Name, string Problem);
