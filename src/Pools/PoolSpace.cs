using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>How much fits into a pool, given how much fits into its units.</summary>
public static class PoolSpace
{
    // storage/posix keeps that much free unless told otherwise (storage.reserve).
    private const string DefaultReserve = "1%";

    /// <summary>
    /// Size and available space of a pool: of a mirror what its smallest unit has, an arbiter holding no data; of a disperse
    /// group as often as it has data units. Units that are not known do not count, as in a client's statvfs(3).
    /// </summary>
    /// <param name="units">Size and available bytes of each of its units, in order; null where that is not known.</param>
    /// <returns>Bytes; null where no unit with data is known of a group.</returns>
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

    /// <summary>What is left of a file system when what storage/posix keeps free is taken off.</summary>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="available">What is available in it.</param>
    /// <param name="reserve"><c>storage.reserve</c>: a percentage, or a number of bytes of 100 and more, perhaps with a unit;
    /// null for the default.</param>
    /// <returns>Size and available bytes without it.</returns>
    public static (long Size, long Available) WithoutReserve(long size, long available, string? reserve)
    {
        double kept = GlusterSize.TryParsePercentage(reserve ?? DefaultReserve, out double percentage) && percentage < 100
            ? size * percentage / 100
            : GlusterSize.TryParse(reserve!, out double bytes) ? bytes
            : size / 100.0;
        return (Math.Max(0, size - (long)kept), Math.Max(0, available - (long)kept));
    }
}
