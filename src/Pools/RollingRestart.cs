using System.Diagnostics;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Restarts units of a pool one after the other, so that clients always reach their files.</summary>
/// <param name="heal">Lists what has to be healed.</param>
public sealed class RollingRestart(NodeServices services, PoolHeal heal, ThisNode node)
{
    private static readonly TimeSpan s_clientsReturnWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_healsWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_orderEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Restarts a unit. Waits before that until no file depends on it, and afterwards until its clients have reconnected, which
    /// they try every few seconds. The restart of the next unit waits for the heal of this one.
    /// </summary>
    /// <param name="member">The unit, on this node.</param>
    /// <exception cref="CommandException">It does not end or start, or files still depend on it.</exception>
    public async Task RestartAsync(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        int clients = (await services.AskAsync(key))?.Clients ?? 0;
        await WaitAsync(pool, () => MayGoAsync(pool, member), $"files need {member.Unit.Address}");
        await services.StopUnitAsync(key);
        FaultPoint.Pass("a unit is stopped");
        await StartAsync(pool, member);
        long start = Stopwatch.GetTimestamp();
        while (pool.CanHeal && (await services.AskAsync(key) is not { } status || status.Clients < clients) &&
            Stopwatch.GetElapsedTime(start) < s_clientsReturnWithin)
        {
            await Task.Delay(s_lookEvery);
        }
    }

    /// <summary>Waits until all units are healed.</summary>
    /// <exception cref="CommandException">That takes too long.</exception>
    public Task WaitUntilWholeAsync(Pool pool) => WaitAsync(pool, () => IsWholeAsync(pool), "files have to be healed");

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
    private async Task WaitAsync(Pool pool, Func<Task<bool>> isSo, string because)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan ordered = TimeSpan.Zero;
        while (pool.CanHeal && !await isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > s_healsWithin)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"after {s_healsWithin.TotalMinutes} minutes still {because}; pool start {pool.Name} goes on when `pool " +
                    $"heal info {pool.Name}` shows nothing");
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
    private Task<bool> MayGoAsync(Pool pool, PoolMember member) =>
        IsSoAsync(pool, one => one.Unit == member.Unit || one.Role == UnitRole.TieBreaker);

    private Task<bool> IsWholeAsync(Pool pool) => IsSoAsync(pool, _ => true);

    // All units are connected, and some accuse nobody. Files in the middle of a change are marked dirty all the time, and what a
    // restart has interrupted is compared when the self-heal daemon is back, which may be later than the last restart: neither
    // counts. What other nodes' units know only glfsheal can tell.
    private async Task<bool> IsSoAsync(Pool pool, Func<PoolMember, bool> isMeant)
    {
        foreach (PoolMember member in node.UnitsOf(pool))
        {
            string key = member.Unit.Key(pool.Name);
            UnitStatus? status = services.Find(key) is null ? null : await services.AskAsync(key);
            if (status is null ||
                (isMeant(member) &&
                    status.PendingHeals.Any(kind => kind.Key is not ("dirty" or "interrupted") && kind.Value > 0)))
            {
                return false;
            }
        }

        if (node.UnitsOf(pool).Count() == pool.Units.Count())
        {
            return true;
        }

        HashSet<string> meant = [.. pool.Units.Where(isMeant).Select(member => member.Unit.Address)];
        return (await heal.ListAsync(pool, onlySplitBrain: false))
            .All(list => list.IsConnected && (!meant.Contains(list.Unit) || list.Entries.All(entry => entry.IsHealing)));
    }
}
