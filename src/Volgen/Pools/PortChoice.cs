namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// Chooses ports: for a pool one for its volfiles, from 24100 on, the same on all of its nodes; for its units from 24200 on. All are below Linux's
/// ports of outgoing connections.
/// </summary>
public static class PortChoice
{
    /// <summary>The first one given to a pool.</summary>
    public const int FirstOfPools = 24100;

    /// <summary>The first one given to a unit.</summary>
    public const int First = 24200;

    /// <summary>The last one given.</summary>
    public const int Last = 28199;

    /// <summary>Chooses the port of a pool that has none.</summary>
    /// <param name="isFree">Whether a port can be had, on every node.</param>
    /// <returns>The pool with its port.</returns>
    /// <exception cref="PoolException">None can.</exception>
    public static Pool ChooseOwn(Pool pool, Func<int, bool> isFree)
    {
        ArgumentNullException.ThrowIfNull(pool);
        int port = pool.Port > 0 ? pool.Port : Find(FirstOfPools, isFree);
        return port > 0 ? pool with { Port = port }
            : throw new PoolException($"no port from {FirstOfPools} to {Last} is free for volfiles");
    }

    /// <summary>Chooses the ports of units that have none. No two units of a node get the same one.</summary>
    /// <param name="tryTake">Takes a port of a node, if it can be had.</param>
    /// <returns>The pool, all of its units with ports.</returns>
    /// <exception cref="PoolException">None can.</exception>
    public static Pool ChooseForUnits(Pool pool, Func<PoolNode, int, bool> tryTake)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return pool.SelectUnits(unit =>
        {
            int port = unit.Port > 0 ? unit.Port : Find(First, candidate => tryTake(unit.Node, candidate));
            return port > 0 ? unit with { Port = port }
                : throw new PoolException($"{unit.Address}: no port from {First} to {Last} is free on {unit.Node.Name}");
        });
    }

    private static int Find(int first, Func<int, bool> isFree) =>
        Enumerable.Range(first, Last - first + 1).FirstOrDefault(isFree);
}
