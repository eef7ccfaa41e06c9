using System.Diagnostics;
using KadaluFsd.Fsd.Control;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Pools;

/// <summary>Restarts units of a pool one after the other, so that clients lose no file.</summary>
/// <param name="services">This node's processes.</param>
/// <param name="heal">What waits for being healed.</param>
/// <param name="node">This node.</param>
internal sealed class RollingRestart(NodeServices services, PoolHeal heal, ThisNode node)
{
    private static readonly TimeSpan s_clientsReturnWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_healsWithin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Restarts a unit. It goes when all others are whole, and the task ends when it is as good as the others again, for clients too: they try to
    /// connect every few seconds.
    /// </summary>
    /// <param name="pool">Its pool.</param>
    /// <param name="member">The unit, on this node.</param>
    /// <returns>A task that ends then.</returns>
    /// <exception cref="StartException">It does not end or start, or the pool does not become whole.</exception>
    internal async Task RestartAsync(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        int clients = (await services.AskAsync(key))?.Clients ?? 0;
        await WaitUntilWholeAsync(pool, key, 0);
        await services.StopUnitAsync(key);
        FaultPoint.Pass("a unit is stopped");
        await StartAsync(pool, member);
        await WaitUntilWholeAsync(pool, key, clients);
    }

    private async Task StartAsync(Pool pool, PoolMember member)
    {
        try
        {
            await services.StartUnitAsync(pool, member);
        }
        catch (StartException exception)
        {
            throw new StartException(exception.Code, exception.Message) { IsRefusal = true };
        }
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

        return node.UnitsOf(pool).Count() == pool.Units.Count() ||
            (await heal.ListAsync(pool, onlySplitBrain: false)).All(list => list.Status == "Connected" && list.Entries.All(entry => entry.IsHealing));
    }
}
