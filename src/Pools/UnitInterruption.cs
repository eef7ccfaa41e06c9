using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// A restart of units of a pool without second copies: clients get errors for the files of a unit while it is restarted.
/// </summary>
internal static class UnitInterruption
{
    /// <summary>Rejects a change that restarts such units.</summary>
    /// <param name="before">The pool's volfiles before the change, by key.</param>
    /// <param name="after">The same afterwards.</param>
    /// <exception cref="CommandException">Running units would be restarted.</exception>
    internal static async Task RefuseAsync(
        StoredPool stored, Dictionary<string, string> before, Dictionary<string, string> after, NodeServices services,
        ThisNode node)
    {
        Pool pool = stored.Pool;
        if (stored.State != PoolState.Started || pool.CanHeal)
        {
            return;
        }

        var interrupted = new List<string>();
        foreach (PoolUnit unit in node.UnitsOf(pool).Select(member => member.Unit))
        {
            string key = unit.Key(pool.Name);
            if (before.TryGetValue(key, out string? text) && GraphLayers.Differ(text, after[key]) &&
                await services.AskAsync(key) is { Clients: > 0 })
            {
                interrupted.Add(unit.Address);
            }
        }

        if (interrupted.Count > 0)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{string.Join(", ", interrupted)} would be restarted, since layers change. {pool.Name} has no second copies: " +
                "clients would get errors meanwhile. Say --restart, or stop the pool before");
        }
    }
}
