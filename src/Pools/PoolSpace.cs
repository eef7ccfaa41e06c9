using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>The size of a pool, by the sizes of its units.</summary>
public static class PoolSpace
{
    // The default of storage.reserve.
    private const string DefaultReserve = "1%";

    /// <summary>
    /// Size and available space of a pool: of a mirror its smallest unit's, without the arbiter; of a disperse group the smallest
    /// unit's times the number of data units. Unknown units do not count, as in a client's statvfs(3).
    /// </summary>
    /// <param name="units">Size and available bytes of each unit, in order; null for an unknown one.</param>
    /// <returns>Bytes; null where a group has no known unit with data.</returns>
    public static (long Size, long Available)? Of(Pool pool, IReadOnlyList<(long Size, long Available)?> units)
    {
        long size = 0;
        long available = 0;
        foreach (IGrouping<int, PoolMember> group in pool.Members.GroupBy(member => member.Group))
        {
            (long Size, long Available)[] data =
                [.. group.Where(member => member.Role == UnitRole.Data)
                    .Select(member => units[member.Index]).OfType<(long, long)>()];
            if (data.Length == 0)
            {
                return null;
            }

            DistributeGroup definition = pool.Groups[group.Key];
            int times = definition.Kind == GroupKind.Disperse ? definition.DataUnits : 1;
            size += data.Min(unit => unit.Size) * times;
            available += data.Min(unit => unit.Available) * times;
        }

        return (size, available);
    }

    /// <summary>Size and available space of a file system without the reserve of storage/posix.</summary>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="available">Its available bytes.</param>
    /// <param name="reserve"><c>storage.reserve</c>: a percentage, or a number of bytes of 100 and more, perhaps with a unit;
    /// null for the default.</param>
    /// <returns>Both without the reserve.</returns>
    public static (long Size, long Available) WithoutReserve(long size, long available, string? reserve)
    {
        double kept = GlusterSize.TryParsePercentage(reserve ?? DefaultReserve, out double percentage) && percentage < 100
            ? size * percentage / 100
            : GlusterSize.TryParse(reserve!, out double bytes) ? bytes
            : size / 100.0;
        return (Math.Max(0, size - (long)kept), Math.Max(0, available - (long)kept));
    }
}
