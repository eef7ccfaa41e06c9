using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>What a new pool may be.</summary>
/// <param name="MayShareNodes">Whether a node may have several units of a group.</param>
/// <param name="MayBeOnRoot">Whether a unit may be in the root file system.</param>
/// <param name="Existing">What to do with directories that are not empty.</param>
public sealed record CreationTerms(bool MayShareNodes, bool MayBeOnRoot, ExistingContents Existing);

/// <summary>Creates pools on this node.</summary>
/// <param name="rules">The rules of installed translators.</param>
/// <param name="recovery">Finishes or undoes what killed commands have left.</param>
/// <param name="rejoin">Brings units back that have files already.</param>
/// <param name="say">Gets progress, a line each.</param>
internal sealed class PoolCreation(
    PoolStore store, PoolVolfiles volfiles, PoolOptions rules, NodeServices services, PoolRecovery recovery, UnitRejoin rejoin,
    ThisNode node, Action<string> say)
{
    /// <summary>Checks whether a pool can be created, and changes nothing but what killed commands have left.</summary>
    /// <param name="pool">The pool; units may be without ports.</param>
    /// <exception cref="CommandException">It cannot be created; the message has all reasons.</exception>
    internal async Task CheckAsync(Pool pool, CreationTerms terms)
    {
        using ChangeLock taken = await LockAsync(pool);
        Plan plan = await PlanAsync(pool, terms);
        store.RequireSpace(pool.Name, plan.Volfiles.Values);
    }

    /// <summary>Creates a pool: ports, directories, volfiles. Its units are not started.</summary>
    /// <param name="pool">The pool; units may be without ports.</param>
    /// <exception cref="CommandException">It cannot be created; the message has all reasons.</exception>
    internal async Task CreateAsync(Pool pool, CreationTerms terms)
    {
        using ChangeLock taken = await LockAsync(pool);
        await CarryOutAsync(await PlanAsync(pool, terms));
    }

    // Before names of nodes are resolved, or a file is named after it.
    private Task<ChangeLock> LockAsync(Pool pool)
    {
        PoolChecks.ThrowIfAny(PoolRules.Check(pool, mayShareNodes: true));
        return recovery.LockForCreationAsync(pool.Name);
    }

    private async Task<Plan> PlanAsync(Pool pool, CreationTerms terms)
    {
        ExistingContents existing = terms.Existing;
        if (!node.UnitsOf(pool).Any())
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"none of the pool's nodes is this one, {node.Node.Name}");
        }

        if (store.Find(pool.Name) is not null)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"there is a pool \"{pool.Name}\" already; kadalu pool start {pool.Name} starts what does not run of it");
        }

        Pool[] others = [.. store.LoadAll().Select(other => other.Pool)];
        foreach (UnusableDefinition unusable in store.FindUnusable())
        {
            say($"warning: {unusable.Problem}: its ports and directories are not known");
        }

        // This node may have several names.
        Pool byOneName = pool.SelectUnits(unit => node.Is(pool, unit.Node) ? unit with { Node = node.Node } : unit);
        PoolChecks.ThrowIfAny([.. PoolChecks.FindClones(pool, node), .. PoolChecks.FindUnknownNodes(pool, node)]);
        PoolChecks.ThrowIfAny(PoolRules.Check(byOneName, terms.MayShareNodes));
        PoolChecks.ThrowIfAny([.. PoolChecks.FindOverlaps(pool, others, node)]);
        PoolChecks.ThrowIfAny([.. UnitPlaces.Check(pool, others, node, store.Paths.Own)]);
        PoolChecks.RefuseOptions(pool, rules);
        string id = node.Id ?? node.UnitsOf(pool).Select(member => member.Unit.Node.Id)
            .FirstOrDefault(given => Guid.TryParse(given, out _)) ?? Guid.NewGuid().ToString();
        ImmutableArray<DirectoryContents> contents = new PoolDirectories(pool, node).ReadContents();
        ImmutableArray<string> misplaced = [];
        pool = existing is ExistingContents.Adopt or ExistingContents.Restore or ExistingContents.Import
            ? FormerPlaces.TakeUp(pool, node, contents, out misplaced) : pool;
        pool = PoolNumbers.Assign(pool, isNew: true) with { Revision = Math.Max(1, pool.Revision) };
        pool = PoolPorts.Assign(pool, others, node.Is);
        pool = pool.SelectUnits(unit =>
            node.Is(pool, unit.Node) && unit.Node.Id.Length == 0 ? unit with { Node = unit.Node with { Id = id } } : unit);
        Dictionary<string, string> texts = volfiles.Generate(pool, node);
        PoolChecks.ThrowIfAny([.. TlsFiles.FindProblems(texts.Values)]);
        var directories = new PoolDirectories(pool, node);
        PoolChecks.ThrowIfAny(
            [.. directories.CheckPlaces(terms.MayBeOnRoot), .. directories.CheckContents(contents, existing), .. misplaced]);
        PoolChecks.ThrowIfAny(existing == ExistingContents.Import
            ? new PoolImport(pool, node, store.Paths.Root).FindObjections(contents) : []);
        ImmutableArray<RejoiningUnit> rejoining =
            PoolAdoption.FindRejoining(pool, node, contents, existing, out ImmutableArray<string> unhealable);
        PoolChecks.ThrowIfAny(unhealable);
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            string? objection = await services.FindObjectionAsync(member.Unit.Key(pool.Name));
            PoolChecks.ThrowIfAny(objection is null ? [] : [objection]);
        }

        if (!pool.Options.IsEmpty || volfiles.HasOverlays)
        {
            await PoolChecks.RefuseGraphsAsync(pool, volfiles, rules, before: null);
        }

        var planned = new StoredPool(pool, PoolState.Creating)
        {
            MadeDirectories = directories.Missing,
            Rejoining = rejoining,
            IsImported = existing == ExistingContents.Import,
            Discarded = existing != ExistingContents.Discard ? ImmutableSortedDictionary<string, string>.Empty
                : contents.Where(one => one.FindObjection(pool.Id) is not null).ToImmutableSortedDictionary(
                    one => one.Path, one => DirectoryDiscard.PlaceFor(one.Path, DateTime.UtcNow), StringComparer.Ordinal),
        };
        return new Plan(planned, id, directories, texts);
    }

    private async Task CarryOutAsync(Plan plan)
    {
        (Pool pool, ImmutableArray<RejoiningUnit> rejoining) = (plan.Stored.Pool, plan.Stored.Rejoining);
        if (node.Id is null)
        {
            store.Paths.Node.PutId(plan.NodeId);
        }

        StoredPool stored = store.Save(plan.Stored);
        try
        {
            FaultPoint.Pass("a pool is noted");
            foreach ((string path, string place) in stored.Discarded)
            {
                DirectoryDiscard.Move(path, place);
                FaultPoint.Pass("contents are discarded");
            }

            plan.Directories.Prepare();
            FormerPlaces.Note(pool, node, say);
            volfiles.Write(plan.Volfiles);
            IEnumerable<PoolMember> back =
                node.UnitsOf(pool).Where(member => rejoining.Any(unit => unit.Path == member.Unit.Path));
            foreach (PoolMember member in back)
            {
                rejoin.Block(pool, member);
            }
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException)
        {
            await recovery.UndoAsync(stored);
            throw;
        }

        foreach ((string path, string place) in stored.Discarded)
        {
            say($"what was in {path} is in {place}");
        }

        store.Save(stored with { State = PoolState.Stopped });
        FaultPoint.Pass("a pool is created");
        foreach (string warning in volfiles.Warnings)
        {
            say($"warning: {warning}");
        }
    }

    private sealed record Plan(
        StoredPool Stored, string NodeId, PoolDirectories Directories, Dictionary<string, string> Volfiles);
}
