using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Checks;

/// <summary>The processes of started pools on this node, as they answer now.</summary>
/// <param name="Units">Units.</param>
/// <param name="Daemons">Self-heal daemons.</param>
internal sealed record RunningPools(RunningUnit[] Units, RunningDaemon[] Daemons)
{
    /// <summary>Asks them.</summary>
    /// <param name="pools">The pools that are started.</param>
    /// <param name="node">This node.</param>
    /// <param name="services">Their processes.</param>
    internal static async Task<RunningPools> ReadAsync(IReadOnlyCollection<Pool> pools, ThisNode node, NodeServices services)
    {
        RunningUnit[] units = await Task.WhenAll(
            pools.SelectMany(pool => node.UnitsOf(pool), (pool, member) => ReadAsync(pool, member, services)));
        RunningDaemon[] daemons = await Task.WhenAll(
            units.Select(unit => unit.Pool).DistinctBy(pool => pool.Id).Where(pool => pool.CanHeal)
                .Select(pool => ReadAsync(pool, services)));
        return new RunningPools(units, daemons);
    }

    private static async Task<RunningUnit> ReadAsync(Pool pool, PoolMember member, NodeServices services)
    {
        string key = member.Unit.Key(pool.Name);
        bool runs = services.Find(key) is not null;
        return new RunningUnit(
            pool, member.Unit, runs ? await services.AskAsync(key) : null, runs ? null : services.DescribeEnd(pool, member));
    }

    private static async Task<RunningDaemon> ReadAsync(Pool pool, NodeServices services)
    {
        bool runs = services.Find(PoolPaths.HealDaemonKey(pool)) is not null;
        return new RunningDaemon(
            pool, runs ? await services.AskHealDaemonAsync(pool) : null, runs ? null : services.DescribeHealDaemonEnd(pool));
    }
}

/// <summary>A unit.</summary>
/// <param name="Pool">Its pool.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Status">What its process says; null where none runs or answers.</param>
/// <param name="End">How its process has ended; null where one runs.</param>
internal sealed record RunningUnit(Pool Pool, PoolUnit Unit, UnitStatus? Status, string[]? End);

/// <summary>A self-heal daemon.</summary>
/// <param name="Pool">Its pool.</param>
/// <param name="Status">What its process says; null where none runs or answers.</param>
/// <param name="End">How its process has ended; null where one runs.</param>
internal sealed record RunningDaemon(Pool Pool, HealDaemonStatus? Status, string[]? End);
