using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// What can be done with pools on this node. Each writes first what it is about to do; what an earlier one left half done,
/// because its process was killed, is finished or undone before anything else.
/// </summary>
/// <param name="store">The pools that are known.</param>
/// <param name="rules">What the installed translators say of options.</param>
/// <param name="heal">What waits for being healed in them.</param>
/// <param name="say">Tells people what is going on, a line each.</param>
public sealed class PoolManager(
    PoolPaths paths, PoolStore store, PoolVolfiles volfiles, PoolOptions rules, NodeServices services, PoolHeal heal,
    ThisNode node, Action<string> say)
{
    private const int MaxNodesNamed = 5;

    private readonly PoolServices _poolServices = new(services, node);
    private readonly PoolRecovery _recovery = new(store, volfiles, services, node, say);
    private readonly UnitRejoin _rejoin = new(store, volfiles, services, paths, node, say);
    private readonly PoolCreation _creation = new(store, volfiles, rules, services, paths, node, say);
    private readonly PoolChange _change = new(store, volfiles, rules, services, heal, node, say);

    /// <summary>Makes a pool: ports, directories, volfiles. Its units are not started.</summary>
    /// <param name="pool">The pool; units may be without ports.</param>
    /// <param name="mayShareNodes">Whether a node may have several units of a group.</param>
    /// <param name="mayBeOnRoot">Whether a unit may lie in the root file system.</param>
    /// <param name="existing">What is done with directories that have something in them.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="CommandException">It cannot be; says all reasons.</exception>
    public Task CreateAsync(Pool pool, bool mayShareNodes, bool mayBeOnRoot, ExistingContents existing) =>
        _creation.CreateAsync(pool, mayShareNodes, mayBeOnRoot, existing);

    /// <summary>Starts the units of a pool on this node, and its self-heal daemon. Those that run are left alone.</summary>
    /// <param name="withDistribute">Whether clients are to have cluster/distribute from now on, although there is one group; of a
    /// stopped pool only.</param>
    /// <param name="isNew">Whether it was made by the same command, which says itself what other nodes are to be told.</param>
    /// <returns>A task that ends when clients can be served.</returns>
    /// <exception cref="CommandException">One does not start. The others run.</exception>
    public async Task StartAsync(string name, bool withDistribute = false, bool isNew = false)
    {
        using IDisposable taken = await _recovery.EnterAsync(name);
        StoredPool stored = store.Get(name);
        node.Require(stored.Pool);
        stored = store.Save((withDistribute ? AddDistribute(stored) : stored) with { State = PoolState.Started });
        if (!isNew)
        {
            SayWhereElse(stored.Pool, "started");
        }

        // Pools that earlier versions made have none yet.
        FormerPlaces.Note(stored.Pool, node, say);
        Dictionary<string, string> texts = volfiles.Generate(stored.Pool, node);
        foreach (string problem in TlsFiles.FindProblems(texts.Values))
        {
            say($"warning: {problem}");
        }

        stored = await _rejoin.FinishAsync(stored);
        if (stored.IsChanging)
        {
            say($"finishing a change of the options of {name}, which broke off");
            await _change.FinishAsync(stored);
            return;
        }

        // Another version of this program may make other volfiles of the same definition: what runs is told, as after a change.
        if (volfiles.AreOnDisk(texts))
        {
            await _poolServices.StartAsync(stored.Pool);
            return;
        }

        await PoolChecks.RefuseGraphsAsync(stored.Pool, volfiles, rules, before: null);
        await _change.FinishAsync(store.Save(stored with { IsChanging = true }));
    }

    /// <summary>Stops the self-heal daemon and the units of a pool on this node.</summary>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="CommandException">One does not end.</exception>
    public async Task StopAsync(string name)
    {
        using IDisposable taken = await _recovery.EnterAsync(name);
        if (store.FindUnusable(name) is not null)
        {
            await Unusable(name).StopAsync();
            return;
        }

        StoredPool stored = store.Get(name);
        node.Require(stored.Pool);
        CommandException? unnoted = TrySave(stored with { State = PoolState.Stopped });
        SayWhereElse(stored.Pool, "stopped");
        await _poolServices.StopAsync(stored.Pool);
        if (unnoted is not null)
        {
            throw new CommandException(unnoted.Code, $"{name} is stopped, but this cannot be noted: {unnoted.Message}");
        }
    }

    /// <summary>Takes a pool away: its volfiles, its ports, its marks on directories. Files stay where they are.</summary>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="CommandException">Its units are to run; it must be stopped before.</exception>
    public async Task DeleteAsync(string name)
    {
        using IDisposable taken = await _recovery.EnterAsync(name);
        if (store.FindUnusable(name) is not null)
        {
            await Unusable(name).DeleteAsync();
            return;
        }

        StoredPool stored = store.Get(name);
        node.Require(stored.Pool);
        if (stored.State == PoolState.Started)
        {
            throw new CommandException(ExitCode.PoolRefused, $"the pool \"{name}\" is started: stop it first");
        }

        SayWhereElse(stored.Pool, "deleted");
        await _recovery.DeleteAsync(store.Save(stored with { State = PoolState.Deleting }));
    }

    /// <summary>Sets and resets options of a pool, in its mounts and its running units too.</summary>
    /// <param name="change">Given the options, what they are to be.</param>
    /// <param name="restart">Whether units start anew that do not take everything while they run.</param>
    /// <returns>A task that ends when this node's units have them, as far as they take them while they run.</returns>
    /// <exception cref="CommandException">A unit refuses. What was not done yet is done by the next change, or by starting the
    /// pool.</exception>
    public async Task ChangeOptionsAsync(
        string name, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change,
        bool restart)
    {
        using IDisposable taken = await _recovery.EnterAsync(name);
        await _change.ApplyAsync(store.Get(name), change, restart);
        SayWhereElse(store.Get(name).Pool, "changed");
    }

    // Mounts that go on meanwhile get another graph, and what NFS-Ganesha has open loses writes then: whoever stops a pool knows
    // that.
    private static StoredPool AddDistribute(StoredPool stored) => stored.State != PoolState.Stopped
        ? throw new CommandException(
            ExitCode.PoolRefused,
            $"the pool \"{stored.Pool.Name}\" is started: stop it first, on all of its nodes; a layer that comes while files " +
            "are open may cost NFS-Ganesha's clients what they write")
        : stored with { Pool = stored.Pool with { Layers = stored.Pool.Layers! with { HasDistribute = true } } };

    private void SayWhereElse(Pool pool, string what)
    {
        string[] others =
            [.. pool.Units.Select(member => member.Unit.Node).Where(other => !node.Is(pool, other)).Select(other => other.Name)
                .Distinct()];
        if (others.Length > 0)
        {
            string more = others.Length > MaxNodesNamed ? $" and {others.Length - MaxNodesNamed} more" : "";
            say($"{pool.Name} is {what} on this node, at revision {pool.Revision}; its other nodes do not know of it: say the " +
                $"same on {string.Join(", ", others.Take(MaxNodesNamed))}{more}");
        }
    }

    private UnusablePool Unusable(string name) => new(name, paths, store, volfiles, services);

    // On a full disk a pool can be stopped all the same.
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
