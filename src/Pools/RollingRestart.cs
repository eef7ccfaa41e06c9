using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Restarts units of a pool one after the other, so that clients always reach their files.</summary>
/// <param name="heal">Lists what has to be healed.</param>
/// <param name="say">Gets progress, a line each.</param>
public sealed class RollingRestart(NodeServices services, PoolHeal heal, ThisNode node, Action<string> say)
{
    private static readonly TimeSpan s_clientsReturnWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_healsWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_lastsAtLeast = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_orderEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_sayEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Restarts a unit. Waits before that until no file depends on it, and afterwards until its clients have reconnected, which
    /// they try every few seconds. The restart of the next unit waits for the heal of this one.
    /// </summary>
    /// <param name="member">The unit, on this node.</param>
    /// <exception cref="CommandException">It does not end or start, files still depend on it, or its clients do not come
    /// back.</exception>
    public async Task RestartAsync(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        int clients = (await services.AskAsync(key))?.Clients ?? 0;
        await WaitAsync(pool, one => NeedsHeal(one, member), $"{member.Unit.Address} cannot be restarted");
        await services.StopUnitAsync(key);
        FaultPoint.Pass("a unit is stopped");
        await StartAsync(pool, member);
        await WaitForClientsAsync(pool, member.Unit, clients);
    }

    // A client that does not come back would lose the next unit as well. Some may have ended meanwhile.
    private async Task WaitForClientsAsync(Pool pool, PoolUnit unit, int clients)
    {
        long start = Stopwatch.GetTimestamp();
        int back = 0;
        while (pool.CanHeal && clients > 0)
        {
            back = (await services.AskAsync(unit.Key(pool.Name)))?.Clients ?? 0;
            if (back >= clients)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > s_clientsReturnWithin)
            {
                throw back == 0
                    ? new CommandException(
                        ExitCode.PoolRefused,
                        $"none of the {clients} clients of {unit.Address} has come back to it within " +
                        $"{s_clientsReturnWithin.TotalSeconds} s")
                    { IsRefusal = true }
                    : new CommandException(
                        ExitCode.PoolRefused,
                        $"of {clients} clients of {unit.Address} {back} have come back within " +
                        $"{s_clientsReturnWithin.TotalSeconds} s; if the others have ended, kadalu pool start {pool.Name} goes " +
                        "on");
            }

            await Task.Delay(s_lookEvery);
        }
    }

    /// <summary>Waits until all units are healed.</summary>
    /// <exception cref="CommandException">That takes too long.</exception>
    public Task WaitUntilWholeAsync(Pool pool) =>
        WaitAsync(pool, _ => true, $"{pool.Name} is not whole");

    private async Task StartAsync(Pool pool, PoolMember member)
    {
        try
        {
            await services.StartUnitAsync(pool, member);
        }
        catch (CommandException exception)
        {
            throw new CommandException(exception.Code, exception.Message) { IsRefusal = true };
        }
    }

    // The self-heal daemon crawls when a unit comes back, and then every minute.
    private async Task WaitAsync(Pool pool, Func<PoolMember, bool> isMeant, string what)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan ordered = TimeSpan.Zero, said = TimeSpan.Zero;
        while (pool.CanHeal && await FindObstacleAsync(pool, isMeant) is { } obstacle)
        {
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            bool isLong = waited - said > s_sayEvery;
            if (isLong && !obstacle.IsLasting)
            {
                // Units count what waits, and do not know what is in split-brain.
                obstacle = await FindListedObstacleAsync(pool, isMeant) ?? obstacle;
            }

            if (waited > (obstacle.IsLasting ? s_lastsAtLeast : s_healsWithin))
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"{what}: {obstacle.Text}, after {waited.TotalMinutes:0} min of waiting; kadalu pool start {pool.Name} " +
                    $"goes on when all units run and `kadalu heal info {pool.Name}` shows nothing");
            }

            if (isLong)
            {
                said = waited;
                say($"waiting: {what}: {obstacle.Text}");
            }

            if (Stopwatch.GetElapsedTime(start) - ordered > s_orderEvery)
            {
                ordered = Stopwatch.GetElapsedTime(start);
                await services.Healing.OrderAsync(pool, isFull: false);
            }

            await Task.Delay(s_lookEvery);
        }
    }

    // A unit with a good copy of a file accuses those without one. So no file depends on a unit that accuses nobody, even if
    // others accuse it: an option that changes what units reject makes them accuse those without it, as long as clients write.
    private static bool NeedsHeal(PoolMember one, PoolMember restarted) =>
        one.Unit == restarted.Unit || one.Role == UnitRole.TieBreaker;

    // All units are connected, and some accuse nobody. Files in the middle of a change are marked dirty all the time, and what a
    // restart has interrupted is compared when the self-heal daemon is back, which may be later than the last restart: neither
    // counts. What other nodes' units know only glfsheal can tell.
    private async Task<Obstacle?> FindObstacleAsync(Pool pool, Func<PoolMember, bool> isMeant)
    {
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            string key = member.Unit.Key(pool.Name);
            UnitStatus? status = services.Find(key) is null ? null : await services.AskAsync(key);
            if (status is null)
            {
                return new Obstacle($"{member.Unit.Address} does not run, or does not answer", IsLasting: true);
            }

            long waits = status.PendingHeals.Where(kind => kind.Key is not ("dirty" or "interrupted")).Sum(kind => kind.Value);
            if (isMeant(member) && waits > 0)
            {
                return new Obstacle($"{member.Unit.Address} has {waits} to heal", IsLasting: false);
            }
        }

        return node.UnitsOf(pool).Count() == pool.Units.Count() ? null : await FindListedObstacleAsync(pool, isMeant);
    }

    // The same by glfsheal.
    private async Task<Obstacle?> FindListedObstacleAsync(Pool pool, Func<PoolMember, bool> isMeant)
    {
        HashSet<string> meant = [.. pool.Units.Where(isMeant).Select(member => member.Unit.Address)];
        HealList[] lists = await heal.ListAsync(pool, onlySplitBrain: false);
        return lists.FirstOrDefault(list => !list.IsConnected) is { } away
            ? new Obstacle($"{away.Unit} cannot be reached: {away.Status}", IsLasting: true)
            : lists.FirstOrDefault(list => meant.Contains(list.Unit) && list.Entries.Any(entry => !entry.IsHealing)) is { } behind
            ? new Obstacle(
                $"{behind.Unit} has {behind.Entries.Count(entry => !entry.IsHealing)} to heal" +
                (behind.Entries.Any(entry => entry.IsSplitBrain) ? ", some in split-brain (kadalu heal info --split-brain)" : ""),
                IsLasting: behind.Entries.All(entry => entry.IsHealing || entry.IsSplitBrain))
            : null;
    }

    // Why a unit cannot be restarted yet, and whether that cannot heal by itself.
    private sealed record Obstacle(string Text, bool IsLasting);
}
