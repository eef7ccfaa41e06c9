using System.Collections.Immutable;
using System.Diagnostics;
using KadaluFsd.Fsd.Control;
using KadaluFsd.Fsd.Hosting;
using KadaluFsd.Native.Linux;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>
/// What can be done with pools on this node. Each writes first what it is about to do; what an earlier one left half done, because its process
/// was killed, is finished or undone before anything else.
/// </summary>
/// <param name="store">The pools that are known.</param>
/// <param name="volfiles">Their volfiles.</param>
/// <param name="services">Their processes.</param>
/// <param name="heal">What waits for being healed in them.</param>
/// <param name="node">This node.</param>
/// <param name="say">Tells people what is going on, a line each.</param>
internal sealed class PoolManager(PoolStore store, PoolVolfiles volfiles, NodeServices services, PoolHeal heal, ThisNode node, Action<string> say)
{
    private static readonly TimeSpan s_clientsReturnWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_healsWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Makes a pool: ports, directories, volfiles. Its units are not started.</summary>
    /// <param name="pool">The pool; units may be without ports.</param>
    /// <param name="mayShareNodes">Whether a node may have several units of a group.</param>
    /// <param name="mayBeOnRoot">Whether a unit may lie in the root file system.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="StartException">It cannot be; says all reasons.</exception>
    internal async Task CreateAsync(Pool pool, bool mayShareNodes, bool mayBeOnRoot)
    {
        using DirectoryLock taken = await EnterAsync();
        if (!node.UnitsOf(pool).Any())
        {
            throw new StartException(ExitCode.PoolRefused, $"none of the pool's nodes is this one, {node.Node.Name} (--node says which one it is)");
        }

        if (store.Find(pool.Name) is not null)
        {
            throw new StartException(ExitCode.PoolRefused, $"there is a pool \"{pool.Name}\" already");
        }

        Pool[] others = [.. store.LoadAll().Select(other => other.Pool)];

        // This node may go by several names.
        Refuse(PoolRules.Check(pool.SelectUnits(unit => node.Is(unit.Node) ? unit with { Node = node.Node } : unit), mayShareNodes));
        Refuse([.. Overlaps(pool, others)]);
        RefuseOptions(pool);
        string id = store.GetNodeId();
        pool = PoolPorts.Assign(pool, others, node.Is).SelectUnits(unit => node.Is(unit.Node) && unit.Node.Id.Length == 0 ? unit with { Node = unit.Node with { Id = id } } : unit);
        Dictionary<string, string> texts = volfiles.Generate(pool, node);
        var directories = new PoolDirectories(pool, node);
        Refuse(directories.Check(mayBeOnRoot));
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            Refuse(await services.FindObjectionAsync(member.Unit.Key(pool.Name)) is { } objection ? [objection] : []);
        }

        StoredPool stored = store.Save(new StoredPool(pool, PoolState.Creating) { MadeDirectories = directories.Missing });
        try
        {
            FaultPoint.Pass("a pool is noted");
            directories.Prepare();
            volfiles.Write(texts);
        }
        catch (Exception exception) when (exception is StartException or IOException or UnauthorizedAccessException)
        {
            await UndoAsync(stored);
            throw;
        }

        store.Save(stored with { State = PoolState.Stopped });
        FaultPoint.Pass("a pool is created");
        foreach (string warning in volfiles.Warnings)
        {
            say($"warning: {warning}");
        }
    }

    /// <summary>Starts the units of a pool on this node, and its self-heal daemon. Those that run are left alone.</summary>
    /// <param name="name">The pool's name.</param>
    /// <returns>A task that ends when clients can be served.</returns>
    /// <exception cref="StartException">One does not start. The others run.</exception>
    internal async Task StartAsync(string name)
    {
        using DirectoryLock taken = await EnterAsync();
        StoredPool stored = store.Save(store.Get(name) with { State = PoolState.Started });
        if (stored.IsChanging)
        {
            say($"finishing a change of the options of {name}, which broke off");
            await FinishChangeAsync(stored);
            return;
        }

        WriteVolfiles(stored.Pool);
        await StartServicesAsync(stored.Pool);
    }

    /// <summary>Stops the self-heal daemon and the units of a pool on this node.</summary>
    /// <param name="name">The pool's name.</param>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="StartException">One does not end.</exception>
    internal async Task StopAsync(string name)
    {
        using DirectoryLock taken = await EnterAsync();
        StoredPool stored = store.Get(name);
        store.Save(stored with { State = PoolState.Stopped });
        await StopServicesAsync(stored.Pool);
    }

    /// <summary>Takes a pool away: its volfiles, its ports, its marks on directories. Files stay where they are.</summary>
    /// <param name="name">The pool's name.</param>
    /// <returns>A task that ends when it is gone.</returns>
    /// <exception cref="StartException">Its units are to run; it must be stopped before.</exception>
    internal async Task DeleteAsync(string name)
    {
        using DirectoryLock taken = await EnterAsync();
        StoredPool stored = store.Get(name);
        if (stored.State == PoolState.Started)
        {
            throw new StartException(ExitCode.PoolRefused, $"the pool \"{name}\" is started: stop it first");
        }

        await DeleteAsync(store.Save(stored with { State = PoolState.Deleting }));
    }

    /// <summary>Sets and resets options of a pool, in its mounts and its running units too.</summary>
    /// <param name="name">The pool's name.</param>
    /// <param name="change">Given the options, what they are to be.</param>
    /// <returns>A task that ends when this node's units have them.</returns>
    /// <exception cref="StartException">A unit refuses. What was not done yet is done by the next change, or by starting the pool.</exception>
    internal async Task ChangeOptionsAsync(string name, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        using DirectoryLock taken = await EnterAsync();
        StoredPool stored = store.Get(name);
        Pool changed = stored.Pool with { Options = change(stored.Pool.Options) };
        RefuseOptions(changed);

        // Generated before it is saved: what makes no volfile is refused with everything as it was.
        Dictionary<string, string> texts = volfiles.Generate(changed, node);
        WarnOfNoEffect(changed, changed.Options.Except(stored.Pool.Options).Select(option => option.Key), texts.Values);
        stored = store.Save(stored with { Pool = changed, IsChanging = true });
        FaultPoint.Pass("a change is noted");
        await FinishChangeAsync(stored);
    }

    /// <summary>Puts right what an earlier command left half done.</summary>
    /// <returns>The lock under which to go on.</returns>
    private async Task<DirectoryLock> EnterAsync()
    {
        DirectoryLock taken = await store.LockAsync();
        try
        {
            foreach (StoredPool stored in store.LoadAll())
            {
                switch (stored)
                {
                    case { State: PoolState.Creating }:
                        say($"undoing the creation of {stored.Pool.Name}, which broke off");
                        await UndoAsync(stored);
                        break;
                    case { State: PoolState.Deleting }:
                        say($"finishing the deletion of {stored.Pool.Name}, which broke off");
                        await DeleteAsync(stored);
                        break;
                    case { IsChanging: true, State: PoolState.Started }:
                        say($"a change of the options of {stored.Pool.Name} broke off: pool start {stored.Pool.Name} finishes it");
                        break;
                }
            }

            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    // All of them, whatever becomes of one.
    private async Task StartServicesAsync(Pool pool)
    {
        var failures = new List<StartException>();
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            await CollectAsync(failures, () => services.StartUnitAsync(pool, member));
            FaultPoint.Pass("a unit is started");
        }

        await CollectAsync(failures, () => services.StartHealDaemonAsync(pool));
        ThrowIfAny(failures);
    }

    private async Task StopServicesAsync(Pool pool)
    {
        var failures = new List<StartException>();
        await CollectAsync(failures, () => services.StopHealDaemonAsync(pool));
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            await CollectAsync(failures, () => services.StopUnitAsync(member.Unit.Key(pool.Name)));
        }

        ThrowIfAny(failures);
    }

    private static async Task CollectAsync(List<StartException> failures, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (StartException exception)
        {
            failures.Add(exception);
        }
    }

    private static void ThrowIfAny(List<StartException> failures)
    {
        if (failures.Count > 0)
        {
            throw new StartException(failures[0].Code, string.Join("\n  ", failures.Select(failure => failure.Message)));
        }
    }

    // Clients are told by the units that serve the changed volfile. A unit whose layers change starts anew, one after the other. What a killed
    // command had stopped is started again.
    private async Task FinishChangeAsync(StoredPool stored)
    {
        WriteVolfiles(stored.Pool);
        FaultPoint.Pass("volfiles are changed");
        foreach (PoolMember member in node.UnitsOf(stored.Pool))
        {
            string key = member.Unit.Key(stored.Pool.Name);
            if (services.Find(key) is not null && (await services.ReloadAsync(key)).Graph == ReloadResult.RestartNeeded)
            {
                say($"{member.Unit.Address} starts anew: its layers change");
                await RestartAsync(stored.Pool, member);
            }
        }

        if (stored.State == PoolState.Started)
        {
            await ReloadHealDaemonAsync(stored.Pool);
            FaultPoint.Pass("the heal daemon has the change");
            await StartServicesAsync(stored.Pool);
        }

        store.Save(stored with { IsChanging = false });
    }

    // Starting it anew is left to those who start everything that does not run.
    private async Task ReloadHealDaemonAsync(Pool pool)
    {
        string key = PoolPaths.HealDaemonKey(pool);
        if (services.Find(key) is not null && !await TakesChangeAsync(key))
        {
            await services.StopHealDaemonAsync(pool);
        }
    }

    // One that cannot be asked, or refuses, starts anew as well: nobody waits for it.
    private async Task<bool> TakesChangeAsync(string key)
    {
        try
        {
            return (await services.ReloadAsync(key)).Graph == ReloadResult.Reconfigured;
        }
        catch (StartException)
        {
            return false;
        }
    }

    // It goes when all others are whole, and the next one when it is as good as the others again, for clients too: they try to connect every few seconds.
    private async Task RestartAsync(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        int clients = (await services.AskAsync(key))?.Clients ?? 0;
        await WaitUntilWholeAsync(pool, key, 0);
        await services.StopUnitAsync(key);
        FaultPoint.Pass("a unit is stopped");
        await services.StartUnitAsync(pool, member);
        await WaitUntilWholeAsync(pool, key, clients);
    }

    private async Task WaitUntilWholeAsync(Pool pool, string restarted, int clients)
    {
        long start = Stopwatch.GetTimestamp();
        while (pool.CanHeal && !await IsWholeAsync(pool, restarted, Stopwatch.GetElapsedTime(start) < s_clientsReturnWithin ? clients : 0))
        {
            if (Stopwatch.GetElapsedTime(start) > s_healsWithin)
            {
                throw new StartException(ExitCode.PoolRefused, $"{pool.Name} is not whole after {s_healsWithin.TotalMinutes} minutes; pool start {pool.Name} goes on when `pool heal info` shows nothing");
            }

            await Task.Delay(s_lookEvery);
        }
    }

    // Files in the middle of a change are marked dirty all the time; only those that differ count. What a unit elsewhere knows only glfsheal tells.
    private async Task<bool> IsWholeAsync(Pool pool, string restarted, int clients)
    {
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            string key = member.Unit.Key(pool.Name);
            UnitStatus? status = services.Find(key) is null ? null : await services.AskAsync(key);
            if (status is null || status.PendingHeals.Any(kind => kind.Key != "dirty" && kind.Value > 0) || (key == restarted && status.Clients < clients))
            {
                return false;
            }
        }

        return pool.Units.All(member => node.Is(member.Unit.Node)) ||
            (await heal.ListAsync(pool, onlySplitBrain: false)).All(list => list.Status == "Connected" && list.Entries.All(entry => entry.IsHealing));
    }

    private Task UndoAsync(StoredPool stored) => RemoveAsync(stored, directories => directories.Undo(stored.MadeDirectories));

    private Task DeleteAsync(StoredPool stored)
    {
        FaultPoint.Pass("a deletion is noted");
        return RemoveAsync(stored, directories => directories.Release());
    }

    // Not before its processes are gone: one that is left would serve directories that are nobody's.
    private async Task RemoveAsync(StoredPool stored, Action<PoolDirectories> free)
    {
        await StopServicesAsync(stored.Pool);
        foreach (PoolMember member in node.UnitsOf(stored.Pool))
        {
            await services.ForgetUnitAsync(member.Unit.Key(stored.Pool.Name));
        }

        free(new PoolDirectories(stored.Pool, node));
        volfiles.Delete(PoolVolfiles.KeysOf(stored.Pool, node));
        store.Remove(stored.Pool.Name);
    }

    private void WriteVolfiles(Pool pool) => volfiles.Write(volfiles.Generate(pool, node));

    private void WarnOfNoEffect(Pool pool, IEnumerable<string> names, IEnumerable<string> volfileTexts)
    {
        HashSet<string> types = [.. volfileTexts.SelectMany(text => VolfileParser.Parse(text).Volumes, (_, volume) => volume.Type)];
        foreach (string name in names)
        {
            if (PoolOptions.FindMissing(pool, name, types) is { Count: > 0 } missing)
            {
                say($"warning: {name} changes nothing: {pool.Name} has no {string.Join(" or ", missing)}");
            }
        }
    }

    private static void RefuseOptions(Pool pool)
    {
        var rules = new PoolOptions(TranslatorRules.Of);
        Refuse([.. pool.Options.Select(option => rules.Check(pool, option.Key, option.Value)).OfType<string>()]);
    }

    private IEnumerable<string> Overlaps(Pool pool, Pool[] others) =>
        from other in others
        from theirs in other.Units
        from ours in pool.Units
        where (ours.Unit.Node.Name == theirs.Unit.Node.Name || (node.Is(ours.Unit.Node) && node.Is(theirs.Unit.Node))) && IsInside(ours.Unit.Path + "/", theirs.Unit.Path + "/")
        select $"{ours.Unit.Address} is a unit of the pool \"{other.Name}\", or lies in one, or around one";

    private static bool IsInside(string one, string other) => one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    private static void Refuse(ImmutableArray<string> problems)
    {
        if (!problems.IsEmpty)
        {
            throw new StartException(ExitCode.PoolRefused, string.Join("\n  ", problems));
        }
    }
}
