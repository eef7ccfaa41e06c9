namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// The names of a pool's layers on disks: in pending marks of mirrors (<c>trusted.afr.NAME-client-N</c>), in the index's filter
/// for them, and in distribute's link files. They never change, whatever becomes of the pool's name, and of the places of its
/// units and groups.
/// </summary>
/// <param name="Name">The name that the pool had when it was created.</param>
/// <param name="HasDistribute">Whether clients load cluster/distribute even for one group, so that directories are known to it
/// when a second group comes. Pools of earlier versions do not have it.</param>
/// <param name="NextUnit">The number of the next new unit.</param>
/// <param name="NextGroup">The number of the next new group.</param>
public sealed record PoolLayers(string Name, bool HasDistribute, int NextUnit, int NextGroup);

/// <summary>Gives numbers to units and groups: each once, and never again.</summary>
public static class PoolNumbers
{
    /// <summary>
    /// Gives numbers to units and groups without one. In a pool without any, numbers are places, as in names of layers before
    /// there were numbers; the tie-breaker's is the last.
    /// </summary>
    /// <param name="isNew">Whether it is being created: then its layers get its name.</param>
    /// <returns>The pool with all numbers.</returns>
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
    /// <returns>The problems; may be empty.</returns>
    internal static IEnumerable<string> Check(Pool pool)
    {
        PoolUnit[] units = [.. pool.Units.Select(member => member.Unit)];
        return Check("units", [.. units.Select(unit => (unit.Number, unit.Address))], pool.Layers?.NextUnit)
            .Concat(Check(
                "groups", [.. pool.Groups.Select((group, place) => (group.Number, $"group {place + 1}"))],
                pool.Layers?.NextGroup));
    }

    // Two units with one number would be confused; a number from the future may be on a disk already.
    private static IEnumerable<string> Check(string what, (int? Number, string Name)[] numbered, int? next)
    {
        IEnumerable<IGrouping<int?, string>> shared = numbered.Where(one => one.Number is not null)
            .GroupBy(one => one.Number, one => one.Name).Where(same => same.Count() > 1);
        foreach (IGrouping<int?, string> same in shared)
        {
            yield return $"{string.Join(" and ", same)} have the same number, {same.Key}";
        }

        var early = numbered.Where(one => one.Number is not null && (next is null || one.Number >= next));
        foreach ((int? number, string name) in early)
        {
            yield return next is null
                ? $"{name} has the number {number}, and the definition has no \"layers\" that say which numbers were given"
                : $"{name} has the number {number}, which is not given yet: layers.next_{what.TrimEnd('s')} is {next}";
        }
    }
}
