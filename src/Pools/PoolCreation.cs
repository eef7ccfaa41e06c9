using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Makes pools on this node.</summary>
/// <param name="store">The pools that are known.</param>
/// <param name="rules">What the installed translators say of options.</param>
/// <param name="say">Tells people what is going on, a line each.</param>
internal sealed class PoolCreation(
    PoolStore store, PoolVolfiles volfiles, PoolOptions rules, NodeServices services, PoolPaths paths, ThisNode node,
    Action<string> say)
{
    private readonly PoolRecovery _recovery = new(store, volfiles, services, node, say);
    private readonly UnitRejoin _rejoin = new(store, volfiles, services, paths, node, say);

    /// <summary>Makes a pool: ports, directories, volfiles. Its units are not started.</summary>
    /// <param name="pool">The pool; units may be without ports.</param>
    /// <param name="mayShareNodes">Whether a node may have several units of a group.</param>
    /// <param name="mayBeOnRoot">Whether a unit may lie in the root file system.</param>
    /// <param name="existing">What is done with directories that have something in them.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="CommandException">It cannot be; says all reasons.</exception>
    internal async Task CreateAsync(Pool pool, bool mayShareNodes, bool mayBeOnRoot, ExistingContents existing)
    {
        // Before anybody asks who its nodes are, or makes a file of its name.
        PoolChecks.Refuse(PoolRules.Check(pool, mayShareNodes: true));
        using ChangeLock taken = await _recovery.EnterForCreationAsync(pool.Name);
        if (!node.UnitsOf(pool).Any())
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"none of the pool's nodes is this one, {node.Node.Name} (--node says which one it is)");
        }

        if (store.Find(pool.Name) is not null)
        {
            throw new CommandException(ExitCode.PoolRefused, $"there is a pool \"{pool.Name}\" already");
        }

        Pool[] others = [.. store.LoadAll().Select(other => other.Pool)];
        foreach (UnusableDefinition unusable in store.FindUnusable())
        {
            say($"warning: {unusable.Problem}: its ports and directories are not known");
        }

        // This node may go by several names.
        Pool byOneName = pool.SelectUnits(unit => node.Is(pool, unit.Node) ? unit with { Node = node.Node } : unit);
        PoolChecks.Refuse([.. PoolChecks.FindClones(pool, node)]);
        PoolChecks.Refuse(PoolRules.Check(byOneName, mayShareNodes));
        PoolChecks.Refuse([.. PoolChecks.FindOverlaps(pool, others, node)]);
        PoolChecks.Refuse([.. UnitPlaces.Check(pool, others, node, store.Paths.Own)]);
        PoolChecks.RefuseOptions(pool, rules);
        string id = node.Id ?? node.UnitsOf(pool).Select(member => member.Unit.Node.Id)
            .FirstOrDefault(given => Guid.TryParse(given, out _)) ?? Guid.NewGuid().ToString();
        ImmutableArray<DirectoryContents> contents = new PoolDirectories(pool, node).ReadContents();
        ImmutableArray<string> misplaced = [];
        pool = existing is ExistingContents.Adopt or ExistingContents.Restore
            ? FormerPlaces.TakeUp(pool, node, contents, out misplaced) : pool;
        pool = PoolNumbers.Assign(pool, isNew: true) with { Revision = Math.Max(1, pool.Revision) };
        pool = PoolPorts.Assign(pool, others, node.Is);
        pool = pool.SelectUnits(unit =>
            node.Is(pool, unit.Node) && unit.Node.Id.Length == 0 ? unit with { Node = unit.Node with { Id = id } } : unit);
        Dictionary<string, string> texts = volfiles.Generate(pool, node);
        PoolChecks.Refuse([.. TlsFiles.FindProblems(texts.Values)]);
        var directories = new PoolDirectories(pool, node);
        PoolChecks.Refuse(
            [.. directories.CheckPlaces(mayBeOnRoot), .. directories.CheckContents(contents, existing), .. misplaced]);
        ImmutableArray<RejoiningUnit> rejoining =
            PoolAdoption.FindRejoining(pool, node, contents, existing, out ImmutableArray<string> unhealable);
        PoolChecks.Refuse(unhealable);
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            PoolChecks.Refuse(await services.FindObjectionAsync(member.Unit.Key(pool.Name)) is { } objection ? [objection] : []);
        }

        if (!pool.Options.IsEmpty || volfiles.HasOverlays)
        {
            await PoolChecks.RefuseGraphsAsync(pool, volfiles, rules, before: null);
        }

        if (node.Id is null)
        {
            store.SetNodeId(id);
        }

        StoredPool stored = store.Save(new StoredPool(pool, PoolState.Creating)
        {
            MadeDirectories = directories.Missing,
            Rejoining = rejoining,
            Discarded = existing != ExistingContents.Discard ? ImmutableSortedDictionary<string, string>.Empty
                : contents.Where(one => one.FindObjection(pool.Id) is not null).ToImmutableSortedDictionary(
                    one => one.Path, one => DirectoryDiscard.PlaceFor(one.Path, DateTime.UtcNow), StringComparer.Ordinal),
        });
        try
        {
            FaultPoint.Pass("a pool is noted");
            foreach ((string path, string place) in stored.Discarded)
            {
                DirectoryDiscard.Move(path, place);
                FaultPoint.Pass("contents are discarded");
            }

            directories.Prepare();
            FormerPlaces.Note(pool, node, say);
            volfiles.Write(texts);
            foreach (
                PoolMember member in node.UnitsOf(pool).Where(member => rejoining.Any(unit => unit.Path == member.Unit.Path)))
            {
                _rejoin.Block(pool, member);
            }
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException)
        {
            await _recovery.UndoAsync(stored);
            throw;
        }

        foreach ((string path, string place) in stored.Discarded)
        {
            say($"what was in {path} is in {place}");
        }

        store.Save(stored with { State = PoolState.Stopped, Discarded = ImmutableSortedDictionary<string, string>.Empty });
        if (node.Given is { } given)
        {
            store.SetNodeName(given);
        }

        FaultPoint.Pass("a pool is created");
        foreach (string warning in volfiles.Warnings)
        {
            say($"warning: {warning}");
        }
    }
}
