using KadaluFsd.Agent.Nodes;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Steps;

/// <summary>
/// Before a unit of this node serves: takes over the newest definition of its pool, which the node has missed if it was away. Where nobody
/// can be asked, the unit serves what the node has.
/// </summary>
/// <param name="store">The pools of this node.</param>
/// <param name="loadVolfiles">Loads what makes volfiles.</param>
/// <param name="node">This node.</param>
/// <param name="say">Gets what was found, a line each.</param>
public sealed class UnitCondition(PoolStore store, Func<PoolVolfiles> loadVolfiles, ThisNode node, Action<string> say)
{
    private const string Started = "started";

    /// <summary>Checks whether processes of a pool may start.</summary>
    /// <param name="name">The pool's name.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>False where the pool was stopped or deleted while this node was away.</returns>
    /// <exception cref="CommandException">What was found cannot be written.</exception>
    public async Task<bool> CheckAsync(string name, CancellationToken cancellation)
    {
        if (Membership.Find(store.Paths.Node.Membership) is not { } membership)
        {
            return true;
        }

        // One of its processes asks after the other. Whoever changes the pool now, and starts its processes, knows more.
        using DirectoryLock? asking = await store.Locks.LockForConditionAsync(name);
        using DirectoryLock? taken = store.Locks.TryLock(name);
        if (taken is null || store.FindUnusable(name) is not null || store.Find(name) is not { } stored)
        {
            return true;
        }

        var question = new NewestDefinition(
            new ClusterLink(membership, TimeProvider.System), NodePlaces.Read(store.Paths.Node.ClusterNodes));
        long seen = new StepFence(store.Paths.Generation(stored.Pool.Id)).FindSeen();
        if (await question.FindAsync(stored.Pool, seen, cancellation) is not { } newest)
        {
            say($"nobody can be asked for the newest definition of {name}: revision {stored.Pool.Revision} is served");
            return true;
        }

        if (newest.Pool.Name != name)
        {
            // Without the manager it is served as this node knows it: ports and directories are the same.
            say($"{name} is called {newest.Pool.Name} by now: the manager tells this node the rest");
            return newest.State is null;
        }

        if (newest.State is not (null or Started))
        {
            say($"{name} is {newest.State}: its processes do not start; the manager tells this node the rest");
            return false;
        }

        if (newest.Pool.Revision > stored.Pool.Revision)
        {
            TakeOver(stored, newest.Pool);
        }

        return true;
    }

    // Another node may be of another version of this program.
    private void Require(Pool known, Pool newest)
    {
        PoolRules.Require(newest, mayShareNodes: true);
        string[] Places(Pool pool) => [.. node.UnitsOf(pool).Select(member => member.Unit.Path).Order(StringComparer.Ordinal)];
        if (!Places(known).SequenceEqual(Places(newest)))
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"revision {newest.Revision} has other units on this node: the manager tells it of them");
        }
    }

    // The step that tells this node of the change does the rest: it is not finished.
    private void TakeOver(StoredPool stored, Pool newest)
    {
        Require(stored.Pool, newest);
        PoolVolfiles volfiles = loadVolfiles();
        Dictionary<string, string> texts = volfiles.Generate(newest, node);
        store.Save(stored.With(newest) with { IsChanging = true });
        volfiles.Write(texts);
        say($"{newest.Name} has revision {newest.Revision} now, and had {stored.Pool.Revision} when this node was there last");
    }
}
