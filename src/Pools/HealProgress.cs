using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Says how far the heal of a replaced unit is.</summary>
internal static class HealProgress
{
    /// <summary>Describes it.</summary>
    /// <param name="member">The unit; one of no group, a tie-breaker, belongs to all.</param>
    /// <param name="lists">What each unit lists, those on other nodes too.</param>
    /// <returns>The text, and whether nothing is left.</returns>
    internal static (string Text, bool IsDone) Describe(Pool pool, PoolMember member, HealList[] lists)
    {
        string[] units =
            [.. pool.Members.Where(other => other.Group == member.Group || member.Group < 0).Select(other => other.Unit.Address)];
        HealList[] group = [.. lists.Where(list => units.Contains(list.Unit))];
        HealList[] missing = [.. group.Where(list => !list.IsConnected)];
        int waiting = group.Length == 0 ? 0 : group.Max(list => list.Entries.Length);
        return missing.Length > 0 ? ($"waits for {string.Join(", ", missing.Select(list => list.Unit))}", false)
            : group.Length < units.Length ? ("waits for the other units", false)
            : waiting > 0 ? (
                string.Create(CultureInfo.InvariantCulture, $"{waiting} found so far have to be healed"), false)
            : ("nothing has to be healed", true);
    }
}
