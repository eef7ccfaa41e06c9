using KadaluFsd.Contract;
using KadaluFsd.Storage;
using KadaluFsd.Volgen;

namespace KadaluFsd.Pools;

/// <summary>
/// Names that a mirror notes for heals of directories (granular-entry-heal). Such heals use these names and no others: what was
/// changed while none were noted would be forgotten.
/// </summary>
internal static class NotedNames
{
    /// <summary>Rejects a change that has names noted again while something has to be healed.</summary>
    /// <param name="before">The clients' volfile before the change.</param>
    /// <param name="after">The same afterwards.</param>
    /// <exception cref="CommandException">Something has to be healed, or that is not known.</exception>
    internal static async Task CheckAsync(StoredPool stored, string before, string after, PoolHeal heal, ThisNode node)
    {
        if (AreOff(before) && !AreOff(after))
        {
            await RequireNothingToHealAsync(stored, heal, node);
        }
    }

    private static bool AreOff(string clientVolfile) =>
        VolfileParser.Parse(clientVolfile).OfType("cluster/replicate")
        .Any(replicate => replicate["granular-entry-heal"] is { } value && !GlusterBoolean.IsTrue(value));

    private static async Task RequireNothingToHealAsync(StoredPool stored, PoolHeal heal, ThisNode node)
    {
        const string Option = "cluster.granular-entry-heal can be switched on again only while nothing has to be healed";
        if (stored.State != PoolState.Started)
        {
            long waits = node.UnitsOf(stored.Pool)
                .Sum(member => new PendingHeals(member.Unit.Path, isTieBreaker: false).Count().Values.Sum());
            if (waits > 0 || node.UnitsOf(stored.Pool).Count() < stored.Pool.Units.Count())
            {
                string why = waits > 0 ? $"and {waits} files wait" : "which units on other nodes tell when they run";
                throw new CommandException(ExitCode.PoolRefused, $"{Option}, {why}: kadalu pool start {stored.Pool.Name} before");
            }

            return;
        }

        HealList[] lists = await heal.ListAsync(stored.Pool, onlySplitBrain: false);
        if (lists.FirstOrDefault(list => !list.IsConnected || list.Entries.Length > 0) is { } waiting)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"{Option}: {waiting.Unit}: {(waiting.IsConnected ? $"{waiting.Entries.Length} to heal" : waiting.Status)} " +
                $"(kadalu heal info {stored.Pool.Name})");
        }
    }
}
