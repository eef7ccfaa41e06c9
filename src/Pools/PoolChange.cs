using KadaluFsd.Contract;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Changes options of a pool, and names of its nodes, in its definition, its mounts and its running processes.</summary>
/// <param name="rules">The rules of installed translators.</param>
/// <param name="heal">Lists what has to be healed.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class PoolChange(
    PoolStore store, PoolVolfiles volfiles, PoolOptions rules, NodeServices services, PoolHeal heal, PoolExports exports,
    ThisNode node, Action<string> say)
{
    private readonly PoolServices _poolServices = new(services, node);
    private readonly RollingRestart _restart = new(services, heal, node, say);

    /// <summary>Checks whether a pool can be changed, and changes nothing.</summary>
    /// <param name="changed">The pool with other options.</param>
    /// <param name="terms">What the change may do to units and clients.</param>
    /// <returns>The volfiles that it has, and those that it will have.</returns>
    /// <exception cref="CommandException">It cannot.</exception>
    public async Task<ChangedVolfiles> CheckAsync(StoredPool stored, Pool changed, ChangeTerms terms)
    {
        node.Require(stored.Pool);
        PoolChecks.RefuseOptions(changed, rules, stored.Pool.Options);
        PoolChecks.ThrowIfAny([
            .. PoolChecks.FindSharedAliases(changed, store.LoadAll().Select(other => other.Pool)),
            .. PoolChecks.FindStrangeAliases(changed, stored.Pool, node),
            .. PoolChecks.FindUnknownNames(changed, stored.Pool, node)]);

        // Generated before it is saved: an option that makes no valid volfile is rejected, and nothing is changed.
        Dictionary<string, string> texts = volfiles.Generate(changed, node);
        Dictionary<string, string> earlier = volfiles.Generate(stored.Pool, node);
        ConnectionKind.Check(stored, earlier, texts, terms.Restart);
        PoolChecks.ThrowIfAny([.. TlsFiles.FindProblems(texts.Values, earlier.Values)]);
        if (!terms.MayDisturbExports)
        {
            // What clients have was made with the overlays of that time.
            string clients = volfiles.TryRead(changed.Name) ?? earlier[changed.Name];
            await exports.Nfs.RefuseOtherGraphAsync(changed, clients, texts[changed.Name]);
            exports.Nfs.RefuseOtherAlias(stored.Pool, changed);
        }

        await NotedNames.CheckAsync(stored, earlier[changed.Name], texts[changed.Name], heal, node);
        if (!terms.Restart)
        {
            await UnitInterruption.RefuseAsync(stored, earlier, texts, services, node);
        }

        PoolChecks.WarnOfNoEffect(
            changed, changed.Options.Except(stored.Pool.Options).Select(option => option.Key), texts.Values, say);

        // A new overlay may change graphs that the options do not.
        await PoolChecks.RefuseGraphsAsync(changed, volfiles, rules, volfiles.AreOnDisk(earlier) ? stored.Pool : null);
        return new ChangedVolfiles(earlier, texts);
    }

    /// <summary>Changes a pool.</summary>
    /// <param name="changed">The pool with other options.</param>
    /// <param name="terms">What the change may do to units and clients.</param>
    /// <returns>Completes when this node's units have taken them, as far as they do while they run.</returns>
    /// <exception cref="CommandException">An option is rejected, by a check or by a unit: the pool keeps its old options. What
    /// was not done yet for another reason is done by the next change, or by starting the pool.</exception>
    public async Task ApplyAsync(StoredPool stored, Pool changed, ChangeTerms terms)
    {
        ChangedVolfiles texts = await CheckAsync(stored, changed, terms);
        Pool before = stored.Pool;
        string what = Describe(before, changed);

        // What somebody has stopped stays so; what an interrupted change has stopped is started, but not where all was drained before.
        HashSet<string>? running = stored is { IsChanging: true, IsDrained: false } ? null
            : [.. PoolVolfiles.KeysOf(changed, node).Where(key => services.Find(key) is not null)];
        stored = store.Save(stored.With(changed) with { IsChanging = true, IsRestarting = terms.Restart });
        FaultPoint.Pass("a change is noted");
        try
        {
            await FinishAsync(stored, running);
        }
        catch (CommandException exception) when (exception.IsRefusal)
        {
            await TakeBackAsync(stored, before, what, running, exception);
        }
        catch (CommandException exception)
        {
            string todo = $"the {what} are changed; kadalu pool start {stored.Pool.Name} does what is left of it";
            throw new CommandException(exception.Code, $"{exception.Message}\n  {todo}");
        }

        if (stored.State == PoolState.Started &&
            ConnectionKind.FindForMounts(texts.Later[changed.Name], texts.Earlier[changed.Name]) is { Length: > 0 } names)
        {
            say($"mounts have {string.Join(", ", names)} when they are mounted again");
        }
    }

    /// <summary>What of a pool a change is about, for people.</summary>
    internal static string Describe(Pool before, Pool changed) =>
        before.Options.SequenceEqual(changed.Options) && before.Layers == changed.Layers ? "names of nodes" : "options";

    // What one process rejects is taken back from all.
    private async Task TakeBackAsync(
        StoredPool stored, Pool before, string what, HashSet<string>? running, CommandException refusal)
    {
        stored = store.Save(stored with { Pool = before with { Revision = stored.Pool.Revision }, IsChanging = true });
        FaultPoint.Pass("a refused change is being taken back");
        string outcome = $"the {what} are what they were";
        try
        {
            await FinishAsync(stored, running);
        }
        catch (CommandException exception)
        {
            outcome =
                $"the {what} are to be what they were, but {exception.Message}; kadalu pool start {stored.Pool.Name} goes on " +
                "with it";
        }

        throw new CommandException(refusal.Code, $"{refusal.Message}\n  {outcome}");
    }

    /// <summary>Finishes a change that has been saved.</summary>
    /// <remarks>
    /// Units notify their clients of the changed volfile. Units whose layers change are restarted one after the other; so are
    /// those that do not take an option while they run, if that is wanted. If TLS is switched on or off all are restarted
    /// together: encrypted and plain connections do not understand each other. What a killed command had stopped is started
    /// again.
    /// </remarks>
    /// <param name="running">Keys of the processes that run at the end, if the pool is started; null for all.</param>
    /// <returns>Completes when this node's processes have it.</returns>
    /// <exception cref="CommandException">A unit rejects it.</exception>
    public async Task FinishAsync(StoredPool stored, IReadOnlySet<string>? running = null)
    {
        volfiles.Write(volfiles.Generate(stored.Pool, node));
        FaultPoint.Pass("volfiles are changed");
        if (running is null && stored.State == PoolState.Started)
        {
            // What has died, first of all: restarts of the others wait for it.
            await _poolServices.StartAsync(stored.Pool);
        }

        (PoolMember Member, string? Reason)[] reloaded = await ReloadUnitsAsync(stored.Pool);
        if (reloaded.Any(unit => unit.Reason is ConnectionKind.Changes))
        {
            say($"the units of {stored.Pool.Name} here are restarted together, since TLS is switched on or off; mounts " +
                "are to be mounted again");
            await _poolServices.StopAsync(stored.Pool);
            FaultPoint.Pass("units of the other kind are stopped");
        }
        else
        {
            await RestartAsync(stored.Pool, reloaded, stored.IsRestarting);
        }

        if (stored.State == PoolState.Started)
        {
            if (stored.IsRestarting || !reloaded.Any(unit => unit.Reason is not null and not ConnectionKind.LayersChange))
            {
                await ReloadHealDaemonAsync(stored.Pool);
            }
            else if (await services.IsServingAsync(PoolPaths.HealDaemonKey(stored.Pool)))
            {
                // It is unchanged as long as they are: with another certificate they might reject it.
                await TakesChangeAsync(PoolPaths.HealDaemonKey(stored.Pool));
            }

            FaultPoint.Pass("the heal daemon has the change");
            await _poolServices.StartAsync(stored.Pool, running);
        }

        store.Save(stored with { IsChanging = false, IsRestarting = false });
    }

    // Why each running unit has to be restarted; null where it has taken everything.
    private async Task<(PoolMember Member, string? Reason)[]> ReloadUnitsAsync(Pool pool)
    {
        var units = new List<(PoolMember Member, string? Reason)>();
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            string key = member.Unit.Key(pool.Name);
            if (await services.IsServingAsync(key))
            {
                bool layersChange = (await services.ReloadAsync(key)).Graph == ReloadResult.RestartNeeded;
                string[] settings = await services.FindPendingSettingsAsync(pool, member);
                units.Add(
                    (member,
                        layersChange
                            ? ConnectionKind.LayersChange
                            : ConnectionKind.Describe((await services.AskAsync(key))?.PendingChanges ?? [], settings)));
            }
        }

        return [.. units];
    }

    private async Task RestartAsync(Pool pool, (PoolMember Member, string? Reason)[] units, bool restart)
    {
        bool isRestarted = false;
        foreach ((PoolMember member, string? reason) in units)
        {
            if (reason is ConnectionKind.LayersChange || (reason is not null && restart))
            {
                say($"{member.Unit.Address} is to be restarted: " +
                    $"{(reason is ConnectionKind.LayersChange ? reason : $"it takes {reason} only at a start")}");
                await _restart.RestartAsync(pool, member);
                isRestarted = true;
            }
        }

        if (isRestarted)
        {
            await _restart.WaitUntilWholeAsync(pool);
        }

        IEnumerable<IGrouping<string, PoolMember>> later =
            units.Where(unit => unit.Reason is not null and not ConnectionKind.LayersChange && !restart)
                .GroupBy(unit => unit.Reason!, unit => unit.Member);
        foreach (IGrouping<string, PoolMember> pending in later)
        {
            say($"at the next start of {string.Join(", ", pending.Select(member => member.Unit.Address))} takes effect: " +
                $"{pending.Key}; --restart does it now, one unit after " +
                "the other, waiting for heals");
        }
    }

    // It is started by the step that starts everything that does not run.
    private async Task ReloadHealDaemonAsync(Pool pool)
    {
        string key = PoolPaths.HealDaemonKey(pool);
        if (await services.IsServingAsync(key) && !await TakesChangeAsync(key))
        {
            await services.StopHealDaemonAsync(pool.Name);
        }
    }

    // One that cannot be asked, or refuses, is restarted as well: no client needs it.
    private async Task<bool> TakesChangeAsync(string key)
    {
        try
        {
            return (await services.ReloadAsync(key)).Graph == ReloadResult.Reconfigured;
        }
        catch (CommandException)
        {
            return false;
        }
    }
}
