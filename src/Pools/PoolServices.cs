using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>All processes of one pool on this node, as one.</summary>
public sealed class PoolServices(NodeServices services, ThisNode node)
{
    /// <summary>
    /// Starts a pool's units on this node, and its self-heal daemon: all of them, whatever becomes of one. Those that run are
    /// left alone. The units of a group start together: a disperse group that gets them back one after the other heals the first
    /// without the second, and can leave the second one behind.
    /// </summary>
    /// <returns>A task that ends when clients can be served.</returns>
    /// <exception cref="CommandException">Some do not start; says which. The others run.</exception>
    public async Task StartAsync(Pool pool)
    {
        var failures = new List<CommandException>();
        foreach (IGrouping<int, PoolMember> group in node.UnitsOf(pool).GroupBy(member => member.Group))
        {
            await Task.WhenAll(group.Select(async member =>
            {
                await CollectAsync(failures, () => services.StartUnitAsync(pool, member));
                FaultPoint.Pass("a unit is started");
            }));
        }

        await CollectAsync(failures, () => services.StartHealDaemonAsync(pool));
        ThrowIfAny(failures);
    }

    /// <summary>Stops a pool's self-heal daemon and its units on this node: all of them, whatever becomes of one.</summary>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="CommandException">Some do not end; says which.</exception>
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
        catch (CommandException exception)
        {
            lock (failures)
            {
                failures.Add(exception);
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
