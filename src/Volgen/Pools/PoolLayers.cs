namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// What a pool's layers are called where that is written on disks: pending marks of mirrors (<c>trusted.afr.NAME-client-N</c>),
/// what units look for among them, and distribute's link files. It stays the same whatever becomes of the pool's name, and of the
/// places of its units and groups.
/// </summary>
/// <param name="Name">The name that the pool had when it was made.</param>
/// <param name="HasDistribute">Whether cluster/distribute is there with one group too, so that directories are known to it when
/// a second group comes. Pools of earlier versions do not have it.</param>
/// <param name="NextUnit">The number that the next unit is given.</param>
/// <param name="NextGroup">The number that the next group is given.</param>
public sealed record PoolLayers(string Name, bool HasDistribute, int NextUnit, int NextGroup);

/// <summary>Numbers of units and groups: each is given once, and never used again.</summary>
public static class PoolNumbers
{
    /// <summary>
    /// Numbers what has no number yet. In a pool without any, numbers are places, as names of layers were before there were
    /// numbers; the tie-breaker's is the last.
    /// </summary>
    /// <param name="isNew">Whether it is being made: layers of one without any numbers are called by its name in any
    /// case.</param>
    /// <returns>The pool with a number for everything.</returns>
    public static Pool Assign(Pool pool, bool isNew)
    {
        PoolLayers layers = pool.Layers ?? new PoolLayers(pool.Name, isNew, 0, 0);
        int nextUnit = layers.NextUnit;
        int nextGroup = layers.NextGroup;
        pool = pool with
        {
            Groups = [.. pool.Groups.Select(group => group with { Number = group.Number ?? nextGroup++ })],
        };
        pool = pool.SelectUnits(unit => unit with { Number = unit.Number ?? nextUnit++ });
        return pool with { Layers = layers with { NextUnit = nextUnit, NextGroup = nextGroup } };
    }

    /// <summary>Checks the numbers of a pool.</summary>
    /// <returns>What is wrong with them; empty where nothing is.</returns>
    internal static IEnumerable<string> Check(Pool pool)
    {
        PoolUnit[] units = [.. pool.Units.Select(member => member.Unit)];
        return Check("units", [.. units.Select(unit => (unit.Number, unit.Address))], pool.Layers?.NextUnit)
            .Concat(Check(
                "groups", [.. pool.Groups.Select((group, place) => (group.Number, $"group {place + 1}"))],
                pool.Layers?.NextGroup));
    }

    // Two with one number would be taken for each other; one that is still to be given may be on some disk before it is.
    private static IEnumerable<string> Check(string what, (int? Number, string Name)[] numbered, int? next)
    {
        foreach (
            IGrouping<int?,
            string> same in numbered.Where(one => one.Number is not null)
            .GroupBy(one => one.Number, one => one.Name).Where(same => same.Count() > 1))
        {
            yield return $"{string.Join(" and ", same)} have the same number, {same.Key}";
        }

        foreach (
            (int? number, string name) in numbered.Where(one => one.Number is not null && (next is null || one.Number >= next)))
        {
            yield return next is null
                ? $"{name} has the number {number}, and the definition has no \"layers\" that say which numbers were given"
                : $"{name} has the number {number}, which is not given yet: layers.next_{what.TrimEnd('s')} is {next}";
        }
    }
}
