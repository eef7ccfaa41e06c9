using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>All processes of one pool on this node.</summary>
public sealed class PoolServices(NodeServices services, ThisNode node)
{
    /// <summary>
    /// Starts a pool's units and its self-heal daemon on this node; goes on if one does not start. Those that run are left alone.
    /// Units of a group start together: a disperse group that gets them one after the other heals the first without the second,
    /// and may leave the second behind.
    /// </summary>
    /// <param name="only">Keys of those that are meant; null for all.</param>
    /// <returns>Completes when clients are served.</returns>
    /// <exception cref="CommandException">Some do not start; the message says which. The others run.</exception>
    public async Task StartAsync(Pool pool, IReadOnlySet<string>? only = null)
    {
        var failures = new List<CommandException>();
        IEnumerable<PoolMember> meant =
            node.UnitsOf(pool).Where(member => only is null || only.Contains(member.Unit.Key(pool.Name)));
        foreach (IGrouping<int, PoolMember> group in meant.GroupBy(member => member.Group))
        {
            await Task.WhenAll(group.Select(async member =>
            {
                await CollectAsync(failures, () => services.StartUnitAsync(pool, member));
                FaultPoint.Pass("a unit is started");
            }));
        }

        if (only is null || only.Contains(PoolPaths.HealDaemonKey(pool)))
        {
            await CollectAsync(failures, () => services.StartHealDaemonAsync(pool));
        }

        ThrowIfAny(failures);
    }

    /// <summary>Stops a pool's self-heal daemon and its units on this node; goes on if one does not stop.</summary>
    /// <exception cref="CommandException">Some do not end; the message says which.</exception>
    public async Task StopAsync(Pool pool)
    {
        var failures = new List<CommandException>();
        await CollectAsync(failures, () => services.StopHealDaemonAsync(pool.Name));
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            await CollectAsync(failures, () => services.StopUnitAsync(member.Unit.Key(pool.Name)));
        }

        ThrowIfAny(failures);
    }

    private static async Task CollectAsync(List<CommandException> failures, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception exception) when (exception is CommandException || SystemRefusal.Is(exception))
        {
            lock (failures)
            {
                failures.Add(exception as CommandException ?? SystemRefusal.From(exception));
            }
        }
    }

    private static void ThrowIfAny(List<CommandException> failures)
    {
        if (failures.Count > 0)
        {
            throw new CommandException(failures[0].Code, string.Join("\n  ", failures.Select(failure => failure.Message)));
        }
    }
}
