using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Commands on pools of this node. Each writes first what it is about to do; what a killed one left unfinished is finished or
/// undone before anything else.
/// </summary>
/// <param name="rules">The rules of installed translators.</param>
/// <param name="heal">Lists what has to be healed.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class PoolManager(
    PoolPaths paths, PoolStore store, PoolVolfiles volfiles, PoolOptions rules, NodeServices services, PoolHeal heal,
    PoolExports exports, ThisNode node, Action<string> say)
{
    private readonly PoolServices _poolServices = new(services, node);
    private readonly PoolRecovery _recovery = new(store, volfiles, services, exports, node, say);
    private readonly UnitRejoin _rejoin = new(store, volfiles, services, paths, node, say);
    private readonly PoolChange _change = new(store, volfiles, rules, services, heal, exports, node, say);

    /// <summary>What gives pools to clients of other servers.</summary>
    public PoolSharing Sharing => new(store, _recovery, exports);

    /// <summary>What restarts its processes.</summary>
    public PoolRestart Restarts => new(store, _recovery, services, heal, node, say);

    /// <summary>What gives pools other names.</summary>
    public PoolRename Renaming => new(store, volfiles, services, _recovery, node, say);

    /// <summary>What replaces directories of units.</summary>
    public UnitReplacement Replacement => new(store, _recovery, _rejoin, services, heal, node, say);

    /// <summary>Creates a pool: ports, directories, volfiles. Its units are not started.</summary>
    /// <param name="pool">The pool; units may be without ports.</param>
    /// <exception cref="CommandException">It cannot be created; the message has all reasons.</exception>
    public Task CreateAsync(Pool pool, CreationTerms terms) => Creation.CreateAsync(pool, terms);

    /// <summary>Checks whether a pool can be created, and changes nothing.</summary>
    /// <param name="pool">The pool; units may be without ports.</param>
    /// <exception cref="CommandException">It cannot be created; the message has all reasons.</exception>
    public Task CheckCreationAsync(Pool pool, CreationTerms terms) => Creation.CheckAsync(pool, terms);

    /// <summary>Takes back the creation of a pool that was not started yet: contents that were discarded are where they were.</summary>
    /// <exception cref="CommandException">It was started, or something cannot be put back.</exception>
    public async Task UndoCreationAsync(string name)
    {
        using IDisposable taken = await _recovery.LockAsync(name);
        if (store.Find(name) is not { } stored)
        {
            return;
        }

        if (stored.State != PoolState.Stopped)
        {
            throw new CommandException(ExitCode.PoolRefused, $"the pool \"{name}\" was started: it is not new any more");
        }

        await _recovery.UndoAsync(store.Save(stored with { State = PoolState.Creating }));
    }

    /// <summary>
    /// Puts back a definition that was lost, or cannot be read: as that of a stopped pool, whatever runs of it. Units start only on their own directories.
    /// </summary>
    /// <exception cref="CommandException">The pool has no unit on this node, or the definition cannot be written.</exception>
    public async Task PutBackAsync(Pool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        using IDisposable taken = await _recovery.LockAsync(pool.Name);
        node.Require(pool);
        say($"the definition of {pool.Name} was lost on this node, and is put back");
        store.Save(new StoredPool(pool, PoolState.Stopped) { IsChanging = true });
    }

    /// <summary>Starts the units and the self-heal daemon of a pool on this node, unless they run.</summary>
    /// <param name="mayDisturbExports">See <see cref="ChangeTerms"/>: a new version of this program, or of an overlay, may have other
    /// layers.</param>
    /// <returns>Completes when clients are served.</returns>
    /// <exception cref="CommandException">One does not start. The others run.</exception>
    public async Task StartAsync(string name, bool mayDisturbExports = false)
    {
        using IDisposable taken = await _recovery.LockAsync(name);
        StoredPool stored = store.Get(name);
        node.Require(stored.Pool);
        if (!mayDisturbExports && !stored.IsChanging && volfiles.TryRead(name) is { } clients)
        {
            await exports.Nfs.RefuseOtherGraphAsync(
                stored.Pool, clients, volfiles.Build(GraphDocument.Client, new GraphSubject(stored.Pool)));
        }

        // What it took to create it cannot be taken back from now on.
        stored = store.Save(stored with
        {
            State = PoolState.Started,
            IsDrained = false,
            MadeDirectories = [],
            IsImported = false,
            Discarded = ImmutableSortedDictionary<string, string>.Empty,
        });
        // Pools of earlier versions have none yet.
        FormerPlaces.Note(stored.Pool, node, say);
        Dictionary<string, string> texts = volfiles.Generate(stored.Pool, node);
        foreach (string problem in TlsFiles.FindProblems(texts.Values))
        {
            say($"warning: {problem}");
        }

        stored = await _rejoin.FinishAsync(stored);
        if (stored.IsChanging)
        {
            say($"finishing a change of {name}, which was interrupted");
            await _change.FinishAsync(stored);
        }
        else if (volfiles.AreOnDisk(texts))
        {
            await _poolServices.StartAsync(stored.Pool);
        }
        else
        {
            // A new version of this program may make other volfiles of the same definition: running processes take them as after
            // a change.
            await PoolChecks.RefuseGraphsAsync(stored.Pool, volfiles, rules, before: null);
            await _change.FinishAsync(store.Save(stored with { IsChanging = true }));
        }

        await exports.RefreshAsync(stored.Pool);
    }

    /// <summary>Stops the self-heal daemon and the units of a pool on this node.</summary>
    /// <exception cref="CommandException">One does not end.</exception>
    public async Task StopAsync(string name)
    {
        using IDisposable taken = await _recovery.LockAsync(name);
        if (store.FindUnusable(name) is not null)
        {
            await Unusable(name).StopAsync();
            return;
        }

        StoredPool stored = store.Get(name);
        node.Require(stored.Pool);
        CommandException? unnoted = TrySave(stored with { State = PoolState.Stopped, IsDrained = false });
        await _poolServices.StopAsync(stored.Pool);
        if (unnoted is not null)
        {
            throw new CommandException(unnoted.Code, $"{name} is stopped, but this cannot be noted: {unnoted.Message}");
        }
    }

    /// <summary>Deletes a pool: its volfiles, its ports, its marks on directories. Files stay where they are.</summary>
    /// <exception cref="CommandException">It is started; it must be stopped before.</exception>
    public async Task DeleteAsync(string name)
    {
        bool isBegun =
            store.FindUnusable(name) is null && store.Find(name) is { State: PoolState.Creating or PoolState.Deleting };
        using IDisposable taken = await _recovery.LockAsync(name);
        if (isBegun && store.FindUnusable(name) is null && store.Find(name) is null)
        {
            // By the recovery just now, or by another command while this one waited for it.
            return;
        }

        if (store.FindUnusable(name) is not null)
        {
            await exports.RemoveAsync(name);
            await Unusable(name).DeleteAsync();
            return;
        }

        StoredPool stored = store.Get(name);
        node.Require(stored.Pool);
        if (stored.State == PoolState.Started)
        {
            throw new CommandException(ExitCode.PoolRefused, $"the pool \"{name}\" is started: stop it first");
        }

        await _recovery.DeleteAsync(store.Save(stored with { State = PoolState.Deleting }));
    }

    /// <summary>Sets and resets options of a pool, in its mounts and running units too.</summary>
    /// <param name="change">Makes the new definition of the old one.</param>
    /// <param name="terms">What the change may do to units and clients.</param>
    /// <returns>Completes when this node's units have taken them, as far as they do while they run.</returns>
    /// <exception cref="CommandException">A unit rejects them. What was not done yet is done by the next change, or by starting
    /// the pool.</exception>
    public async Task ChangeAsync(string name, Func<Pool, Pool> change, ChangeTerms terms)
    {
        using IDisposable taken = await _recovery.LockAsync(name);
        StoredPool stored = store.Get(name);
        await _change.ApplyAsync(stored, change(stored.Pool), terms);
        await exports.RefreshAsync(store.Get(name).Pool);
    }

    /// <summary>Checks whether a pool can be changed so, and changes nothing.</summary>
    /// <param name="change">Makes the new definition of the old one.</param>
    /// <param name="terms">What the change may do to units and clients.</param>
    /// <returns>Whether it restarts units.</returns>
    /// <exception cref="CommandException">It cannot.</exception>
    public async Task<bool> CheckChangeAsync(string name, Func<Pool, Pool> change, ChangeTerms terms)
    {
        using IDisposable taken = await _recovery.LockAsync(name);
        StoredPool stored = store.Get(name);
        ChangedVolfiles texts = await _change.CheckAsync(stored, change(stored.Pool), terms);
        store.RequireSpace(name, texts.Later.Values);
        return stored.State == PoolState.Started &&
            (terms.Restart || texts.HaveOtherLayers(node.UnitsOf(stored.Pool).Select(member => member.Unit.Key(name))));
    }

    private PoolCreation Creation => new(store, volfiles, rules, services, _recovery, _rejoin, node, say);

    private UnusablePool Unusable(string name) => new(name, paths, store, volfiles, services);

    // A pool can be stopped even on a full disk.
    private CommandException? TrySave(StoredPool stored)
    {
        try
        {
            store.Save(stored);
            return null;
        }
        catch (CommandException exception)
        {
            return exception;
        }
    }
}
