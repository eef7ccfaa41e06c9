using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Whether a unit may lose its files: whether the other units of its group are connected, and have a good copy of every file that
/// has to be healed.
/// </summary>
public static class HealSources
{
    /// <summary>Checks it.</summary>
    /// <param name="lost">The unit that will be healed from the others.</param>
    /// <param name="lists">What has to be healed, by unit.</param>
    /// <param name="alsoLost">Other units that have lost their files.</param>
    /// <returns>Why files would be lost; null where none would.</returns>
    public static string? FindObjection(
        Pool pool, PoolMember lost, IReadOnlyCollection<HealList> lists, IReadOnlyCollection<PoolMember> alsoLost)
    {
        if (lost.Role == UnitRole.TieBreaker)
        {
            return FindMarkObjection(pool, lists);
        }

        DistributeGroup group = pool.Groups[lost.Group];
        PoolMember[] others = [.. pool.Members.Where(member => member.Group == lost.Group && member != lost).Except(alsoLost)];
        return group.Kind switch
        {
            GroupKind.Distribute => $"{pool.Name} has no second copy of anything: what {lost.Unit.Address} had is lost with it",
            GroupKind.Disperse => FindPartsObjection(lost, others, lists, group.DataUnits),
            _ => FindCopiesObjection(lost, others, lists),
        };
    }

    // Without its marks it is unknown which copy is old: there must be none.
    private static string? FindMarkObjection(Pool pool, IReadOnlyCollection<HealList> lists) =>
        pool.Members.FirstOrDefault(member => !ListOf(member, lists).IsConnected) is { } missing
            ? NotConnected(missing, "only a tie-breaker knows which copy is the right one then")
        : lists.FirstOrDefault(
            list =>
                list.Entries.Length > 0) is { } waiting ? $"{waiting.Entries.Length} files have to be healed on " +
                $"{waiting.Unit}: a tie-breaker is replaced when there are none"
        : null;

    // A unit lists what it has and another unit is missing.
    private static string? FindCopiesObjection(PoolMember lost, PoolMember[] others, IReadOnlyCollection<HealList> lists)
    {
        if (others.FirstOrDefault(other => !ListOf(other, lists).IsConnected) is { } missing)
        {
            return NotConnected(
                missing, "it may have what no other unit has. If it has lost what it had as well, say --also-lost");
        }

        if (!others.Any(other => other.Role == UnitRole.Data))
        {
            return $"no unit with files would be left to heal {lost.Unit.Address} from";
        }

        HealEntry[] good =
            [.. others.Where(other => other.Role == UnitRole.Data).SelectMany(other => ListOf(other, lists).Entries)];
        if (good.FirstOrDefault(entry => entry.IsSplitBrain) is { } split)
        {
            return $"{split.Path} is in split-brain: kadalu heal resolve first";
        }

        // A file that is being healed or changed may also be listed by the unit that gets it: only the lost unit knows then who
        // has it.
        HashSet<string> kept = [.. good.Where(entry => !entry.IsHealing).Select(entry => entry.Path)];
        IEnumerable<HealEntry> only =
            [.. ListOf(lost, lists).Entries,
                .. others.SelectMany(member => ListOf(member, lists).Entries).Where(entry => !entry.IsHealing)];
        return only.FirstOrDefault(entry => !kept.Contains(entry.Path)) is { } one
            ? $"{one.Path} {(one.IsHealing ? "is being healed or changed" : "has to be healed")}, and no other unit has " +
                "a good copy of it"
            : null;
    }

    private static string? FindPartsObjection(
        PoolMember lost, PoolMember[] others, IReadOnlyCollection<HealList> lists, int needed)
    {
        HealList[] there = [.. others.Select(other => ListOf(other, lists)).Where(list => list.IsConnected)];

        // A unit that came back empty lists only the root directory (UnitRejoin) until that is healed: it has no good fragment of
        // anything.
        HealList[] atTop = [.. there.Where(list => list.Entries.Any(entry => entry.Path == "/" && !entry.IsHealing))];
        there = atTop.Length < needed ? [.. there.Except(atTop)] : there;
        if (there.Length < needed)
        {
            string beside = atTop.Length > 0 && atTop.Length < needed
                ? $", beside {atTop.Length} that have to be healed first"
                : "";
            string why = $"{needed} other units are needed to heal from, and {there.Length} are there{beside}";
            return others.FirstOrDefault(other => !ListOf(other, lists).IsConnected) is { } missing
                ? NotConnected(missing, why)
                : why;
        }

        // What is being healed or changed is also listed by units without a good fragment of it: that is waited for while the
        // lost unit is connected.
        bool isStrict = ListOf(lost, lists).IsConnected;
        return there.SelectMany(list => list.Entries).Where(entry => isStrict || !entry.IsHealing)
            .GroupBy(entry => entry.Path).FirstOrDefault(entries => entries.Count(entry => !entry.IsHealing) < needed) is { } few
            ? $"{few.Key} {(few.Any(entry => entry.IsHealing) ? "is being healed or changed" : "has to be healed")}, " +
                $"and {few.Count(entry => !entry.IsHealing)} other units have a good part of it where {needed} are needed"
            : null;
    }

    private static string NotConnected(PoolMember missing, string why) =>
        $"{missing.Unit.Address} is not connected: {why}. Start it: kadalu pool start";

    private static HealList ListOf(PoolMember member, IReadOnlyCollection<HealList> lists) =>
        lists.FirstOrDefault(list => list.Unit == member.Unit.Address) ?? new HealList(member.Unit.Address, "not asked", []);
}
