using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Options;

/// <summary>
/// Settings of a pool's units: options of their processes, beside those of their translators. In a pool's options they are
/// <c>unit.NAME</c> for all units, and <c>NODE:PATH.unit.NAME</c> for one, which wins.
/// </summary>
/// <param name="Names">The options that a pool may set.</param>
/// <param name="Exclusive">Those of them that no two processes of a node can have alike, such as the path of a socket.</param>
/// <param name="CheckValue">Checks a value of an option, by name.</param>
public sealed record UnitSettings(
    IReadOnlySet<string> Names, IReadOnlySet<string> Exclusive, Func<string, string, string?> CheckValue)
{
    /// <summary>What stands between a unit's address and its setting.</summary>
    internal const string Beside = "." + Prefix;

    private const string Prefix = "unit.";

    /// <summary>The name of the option that a pool option is for.</summary>
    /// <param name="name">The pool option, without a unit's address.</param>
    /// <returns>The name; null for an option of a translator.</returns>
    internal static string? Find(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : null;

    /// <summary>What a pool option for all units is called.</summary>
    /// <param name="setting">The option of the process.</param>
    public static string NameOf(string setting) => Prefix + setting;

    /// <summary>Checks one setting.</summary>
    /// <param name="setting">Its name.</param>
    /// <param name="isForAll">Whether it is for all units.</param>
    /// <returns>Why it cannot be set; null where it can.</returns>
    internal string? Check(Pool pool, string setting, string value, bool isForAll)
    {
        if (!Names.Contains(setting))
        {
            string[] near = OptionNames.Suggest(Excerpt.Of(setting), Names);
            return $"units have no setting \"{Excerpt.Of(setting)}\" that a pool can set" +
                $"{(near.Length > 0 ? $"; did you mean {string.Join(" or ", near.Select(NameOf))}?" : "")}";
        }

        return isForAll && Exclusive.Contains(setting) && FindCrowded(pool) is { } crowded
            ? $"{NameOf(setting)}: {crowded.Length} units of {crowded[0].Node.Name} would have the same: set it for each, such " +
                $"as {crowded[0].Address}.{NameOf(setting)}"
            : CheckValue(setting, value);
    }

    /// <summary>The settings of a unit.</summary>
    /// <returns>Values by name of the process's option.</returns>
    public static SortedDictionary<string, string> Of(Pool pool, PoolUnit unit)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in pool.Options)
        {
            UnitOptionName? own = UnitOptionName.Split(pool, name);
            if (Find(own?.Key ?? name) is not { } setting)
            {
                continue;
            }

            if (own is null)
            {
                settings.TryAdd(setting, value);
            }
            else if (own.Value.IsMeant(unit))
            {
                settings[setting] = value;
            }
        }

        return settings;
    }

    private static PoolUnit[]? FindCrowded(Pool pool) =>
        pool.Units.Select(member => member.Unit).GroupBy(unit => unit.Node.Name, StringComparer.OrdinalIgnoreCase)
            .Select(units => units.ToArray()).FirstOrDefault(units => units.Length > 1);
}
