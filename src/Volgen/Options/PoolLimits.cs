using System.Globalization;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Options;

/// <summary>
/// Limits of option values that depend on the pool, beyond the translator's own rules: translators accept numbers of copies that
/// a pool does not have, and then nothing can be written; some words they reject only at the start. glusterd checks the same
/// (glusterd-volume-set.c).
/// </summary>
internal static class PoolLimits
{
    private static readonly string[] s_throttles = ["lazy", "normal", "aggressive"];

    /// <summary>Checks an option.</summary>
    /// <param name="pool">The pool with all of its options.</param>
    /// <param name="type">The translator that has it.</param>
    /// <param name="value">Its value, which is valid for the translator.</param>
    /// <returns>Why it is not allowed; null where it is.</returns>
    internal static string? Check(Pool pool, string type, string key, string value)
    {
        DistributeGroup group = pool.Groups[0];
        int size = group.Units.Length;
        return (type, key) switch
        {
            ("cluster/replicate", "quorum-count") when group.Kind is GroupKind.Mirror or GroupKind.Arbiter =>
                Between(value, 1, size, "of the copies that a file has"),
            ("cluster/disperse", "quorum-count") when group.Kind == GroupKind.Disperse =>
                Between(value, group.DataUnits, size, "of a group's units"),
            ("cluster/distribute", "directory-layout-spread") => Between(value, 1, pool.Groups.Length, "of the pool's groups"),
            ("cluster/distribute", "rebal-throttle") => s_throttles.Contains(value, StringComparer.OrdinalIgnoreCase) ? null
                : Between(value, 1, Environment.ProcessorCount, $"of processors, or one of {string.Join(", ", s_throttles)}"),
            ("cluster/distribute", "lock-migration") when GlusterBoolean.IsTrue(value) && group.Kind != GroupKind.Distribute =>
                "only pools without second copies can have it on",
            ("cluster/distribute", "lookup-optimize") when GlusterBoolean.IsTrue(value) =>
                "files would not be found after a group has been added: it must stay off until a rebalance has set a new " +
                "hash, which there is none for yet",
            ("cluster/replicate", "read-subvolume") => CheckReadSubvolume(pool, value),
            ("cluster/replicate", "use-anonymous-inode") when !GlusterBoolean.IsTrue(value) =>
                "directories that are moved while a unit is away would lose their files on it",
            ("cluster/replicate", "read-subvolume-index") =>
                Between(value, -1, size - 1, "of a group's units, from 0, or -1 for none"),
            ("features/locks", "mandatory-locking") => OneOf(value, "off", "file", "forced", "optimal"),
            ("features/worm", "retention-mode") => OneOf(value, "relax", "enterprise"),
            ("features/worm", "default-retention-period" or "auto-commit-period") =>
                Between(value, 0, long.MaxValue, "of seconds"),
            ("performance/io-cache", "min-file-size") =>
                CheckOrder(value, pool.Options.GetValueOrDefault("performance.cache-max-file-size")),
            ("performance/io-cache", "max-file-size") =>
                CheckOrder(pool.Options.GetValueOrDefault("performance.cache-min-file-size"), value),
            ("storage/posix", "reserve") => CheckReserve(value),
            ("protocol/server", "transport.listen-backlog") => Between(value, 0, int.MaxValue, "of waiting connections"),
            _ => null,
        };
    }

    private static string? Between(string value, long least, long most, string what) =>
        GlusterSize.TryParseInteger(value, out long number) && number >= least && number <= most
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"\"{Excerpt.Of(value)}\" is not a number {what}: {least} {(most == long.MaxValue ? "or more" : $"to {most}")}");

    // A plain number from 100 on is a number of bytes (posix-common.c).
    private static string? CheckReserve(string value) =>
        GlusterSize.TryParseInteger(value, out long number) && number is >= 100 and < 1 << 20
        ? string.Create(CultureInfo.InvariantCulture,
            $"\"{value}\" would be {number} bytes: a percentage is less than 100, and sizes have a unit, such as 10GB") : null;

    private static string? OneOf(string value, params string[] words) =>
        words.Contains(value, StringComparer.Ordinal) ? null : $"\"{Excerpt.Of(value)}\" is not {string.Join('|', words)}";

    // Each group would need a unit of that name.
    private static string? CheckReadSubvolume(Pool pool, string value)
    {
        if (pool.Groups.Length > 1)
        {
            return "it names one unit, and a pool of several groups has none that all of them have: " +
                "cluster.read-subvolume-index names a place in each";
        }

        string[] names =
            [.. pool.Members.Select(
                member =>
                    string.Create(CultureInfo.InvariantCulture, $"{pool.Layers?.Name ?? pool.Name}-client-{member.Number}"))];
        return OneOf(value, names);
    }

    private static string? CheckOrder(string? least, string? most) =>
        least is not null &&
        most is not null && GlusterSize.TryParse(least, out double from) && GlusterSize.TryParse(most, out double to) && from > to
            ? $"the least size, {least}, is greater than the greatest, {most}"
            : null;
}
