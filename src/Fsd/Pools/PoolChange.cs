using System.Collections.Immutable;
using KadaluFsd.Fsd.Hosting;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>Changes of a pool's options, in its definition, its mounts and its running processes.</summary>
/// <param name="store">The pools that are known.</param>
/// <param name="volfiles">Their volfiles.</param>
/// <param name="services">Their processes.</param>
/// <param name="heal">What waits for being healed in them.</param>
/// <param name="node">This node.</param>
/// <param name="say">Tells people what is going on, a line each.</param>
internal sealed class PoolChange(PoolStore store, PoolVolfiles volfiles, NodeServices services, PoolHeal heal, ThisNode node, Action<string> say)
{
    private readonly PoolServices _poolServices = new(services, node);
    private readonly RollingRestart _restart = new(services, heal, node);

    /// <summary>Sets and resets options of a pool.</summary>
    /// <param name="stored">The pool.</param>
    /// <param name="change">Given the options, what they are to be.</param>
    /// <returns>A task that ends when this node's units have them.</returns>
    /// <exception cref="StartException">
    /// An option is refused, or a unit refuses: the pool has the options then that it had. What was not done yet for another reason is done by the next change, or by starting the pool.
    /// </exception>
    internal async Task ApplyAsync(StoredPool stored, Func<ImmutableSortedDictionary<string, string>, ImmutableSortedDictionary<string, string>> change)
    {
        node.Require(stored.Pool);
        Pool changed = stored.Pool with { Options = change(stored.Pool.Options) };
        PoolChecks.RefuseOptions(changed, stored.Pool.Options);

        // Generated before it is saved: what makes no volfile is refused with everything as it was.
        Dictionary<string, string> texts = volfiles.Generate(changed, node);
        WarnOfNoEffect(changed, changed.Options.Except(stored.Pool.Options).Select(option => option.Key), texts.Values);

        // An overlay that has come meanwhile changes graphs that the options do not.
        await PoolChecks.RefuseGraphsAsync(changed, volfiles, volfiles.AreOnDisk(volfiles.Generate(stored.Pool, node)) ? stored.Pool : null);
        Pool before = stored.Pool;
        stored = store.Save(stored with { Pool = changed, IsChanging = true });
        FaultPoint.Pass("a change is noted");
        try
        {
            await FinishAsync(stored);
        }
        catch (StartException exception) when (exception.IsRefusal)
        {
            await TakeBackAsync(stored, before, exception);
        }
    }

    // What one process refuses no other one is to have.
    private async Task TakeBackAsync(StoredPool stored, Pool before, StartException refusal)
    {
        stored = store.Save(stored with { Pool = stored.Pool with { Options = before.Options }, IsChanging = true });
        FaultPoint.Pass("a refused change is being taken back");
        string outcome = "the options are what they were";
        try
        {
            await FinishAsync(stored);
        }
        catch (StartException exception)
        {
            outcome = $"the options are to be what they were, but {exception.Message}; pool start {stored.Pool.Name} goes on with it";
        }

        throw new StartException(refusal.Code, $"{refusal.Message}\n  {outcome}");
    }

    /// <summary>Does what is left of a change that has been noted.</summary>
    /// <remarks>
    /// Clients are told by the units that serve the changed volfile. A unit whose layers change starts anew, one after the other. What a killed
    /// command had stopped is started again.
    /// </remarks>
    /// <param name="stored">The pool.</param>
    /// <returns>A task that ends when this node's processes have it.</returns>
    /// <exception cref="StartException">A unit refuses.</exception>
    internal async Task FinishAsync(StoredPool stored)
    {
        volfiles.Write(volfiles.Generate(stored.Pool, node));
        FaultPoint.Pass("volfiles are changed");
        foreach (PoolMember member in node.UnitsOf(stored.Pool))
        {
            string key = member.Unit.Key(stored.Pool.Name);
            if (await services.IsServingAsync(key) && (await services.ReloadAsync(key)).Graph == ReloadResult.RestartNeeded)
            {
                say($"{member.Unit.Address} starts anew: its layers change");
                await _restart.RestartAsync(stored.Pool, member);
            }
        }

        if (stored.State == PoolState.Started)
        {
            await ReloadHealDaemonAsync(stored.Pool);
            FaultPoint.Pass("the heal daemon has the change");
            await _poolServices.StartAsync(stored.Pool);
        }

        store.Save(stored with { IsChanging = false });
    }

    // Starting it anew is left to those who start everything that does not run.
    private async Task ReloadHealDaemonAsync(Pool pool)
    {
        string key = PoolPaths.HealDaemonKey(pool);
        if (await services.IsServingAsync(key) && !await TakesChangeAsync(key))
        {
            await services.StopHealDaemonAsync(pool.Name);
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
}
