using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Checks the ports of a pool, and gives ports to units that have none, from 24200 on: below the ports of outgoing connections, each once on a node among
/// all pools that this node knows, and none that is listened on here. A pool's definition keeps them; deleting the pool frees them.
/// </summary>
public static class PoolPorts
{
    /// <summary>Gives ports to the units of a pool that have none.</summary>
    /// <param name="others">All other pools.</param>
    /// <param name="isHere">Whether a node of a pool is this one.</param>
    /// <returns>The pool, all of its units with ports.</returns>
    /// <exception cref="CommandException">None is free, or a requested one is not.</exception>
    public static Pool Assign(Pool pool, IEnumerable<Pool> others, Func<Pool, PoolNode, bool> isHere) =>
        Assign(pool, [.. others], isHere, NodePorts.Read());

    /// <summary>Gives ports, with known ports of this node.</summary>
    /// <param name="others">All other pools.</param>
    /// <param name="isHere">Whether a node of a pool is this one.</param>
    /// <returns>The pool, all of its units with ports.</returns>
    /// <exception cref="CommandException">None is free, or a requested one is not.</exception>
    internal static Pool Assign(Pool pool, Pool[] others, Func<Pool, PoolNode, bool> isHere, NodePorts ports)
    {
        // This node may have several names.
        string NameOf(Pool of, PoolNode node) => isHere(of, node) ? "" : node.Name;
        HashSet<(string Node, int Port)> given =
            [.. others.SelectMany(other => other.Units, (other, member) => (NameOf(other, member.Unit.Node), member.Unit.Port))];
        HashSet<int> poolPorts = [.. others.Select(other => other.Port).Where(port => port > 0), pool.Port];
        IReadOnlySet<int> listening = ports.Listening;
        if (pool.Port > 0 &&
            (listening.Contains(pool.Port) ||
                others.Any(other => other.Port == pool.Port || other.Units.Any(member => member.Unit.Port == pool.Port))))
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the pool's port {pool.Port} is {(listening.Contains(pool.Port) ? "in use" : "another pool's")}");
        }

        foreach (PoolUnit unit in pool.Units.Select(member => member.Unit).Where(unit => unit.Port > 0))
        {
            if (given.Contains((NameOf(pool, unit.Node), unit.Port)) || poolPorts.Contains(unit.Port) ||
                (isHere(pool, unit.Node) && listening.Contains(unit.Port)))
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"{unit.Address}: port {unit.Port} is {(listening.Contains(unit.Port) ? "in use" : "another pool's")}");
            }

            given.Add((NameOf(pool, unit.Node), unit.Port));
        }

        return Choose(() => PortChoice.ChooseForUnits(
            pool, (node, port) => !ports.IsEphemeral(port) && !poolPorts.Contains(port) &&
                !(isHere(pool, node) && listening.Contains(port)) && given.Add((NameOf(pool, node), port))));
    }

    private static Pool Choose(Func<Pool> choose)
    {
        try
        {
            return choose();
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.PoolRefused, exception.Message);
        }
    }
}
