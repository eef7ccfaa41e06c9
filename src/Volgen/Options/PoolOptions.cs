using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Options;

/// <summary>
/// Checks the options of a pool, and sets them in its graphs. A name is one of <see cref="OptionNames"/>, or <c>TYPE.OPTION</c>
/// of a translator such as <c>debug/io-stats.log-level</c>, or <c>NODE:PATH.OPTION</c> for the graph of one unit; or it is one of
/// <see cref="UnitSettings"/>, which are not in graphs.
/// </summary>
/// <param name="rulesOf">The rules of a translator's options, by type; empty where it is not installed.</param>
/// <param name="settings">What a pool may set for the processes of its units.</param>
public sealed class PoolOptions(Func<string, IReadOnlyList<OptionRule>> rulesOf, UnitSettings settings)
{
    /// <summary>Checks an option.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>Why it cannot be set; null where it can.</returns>
    public string? Check(Pool pool, string name, string value)
    {
        // GlusterFS executes what is between backticks.
        if (value.Length == 0 || value.AsSpan().IndexOfAny("`\n\r\0\"") >= 0)
        {
            return $"{Excerpt.Of(name)}: \"{Excerpt.Of(value)}\" is not a value";
        }

        UnitOptionName? own = UnitOptionName.Split(pool, name);
        if (UnitSettings.Find(own?.Key ?? name) is { } setting)
        {
            return settings.Check(pool, setting, value, isForAll: own is null);
        }

        if (CheckName(pool, name) is { } unknown)
        {
            return unknown;
        }

        foreach (OptionTarget target in TargetsOf(pool, name))
        {
            if (target.Key is null)
            {
                if (!GlusterBoolean.IsOne(value))
                {
                    return $"{name}: \"{Excerpt.Of(value)}\" is not on|off";
                }

                continue;
            }

            IReadOnlyList<OptionRule> rules = rulesOf(target.Type);
            OptionRule? rule = RuleOf(target, rules);
            if (rule is null && name.Contains('/', StringComparison.Ordinal))
            {
                string[] near = OptionNames.Suggest(target.Key, rules.SelectMany(known => known.Keys));
                return rules.Count ==
                    0 ? $"{name}: {target.Type} is not " +
                    "installed" : $"{target.Type} has no option " +
                    $"\"{target.Key}\"{(near.Length > 0 ? $"; did you mean {string.Join(" or ", near)}?" : "")}";
            }

            if ((rule?.Check(value) ?? PoolLimits.Check(pool, target.Type, rule?.Keys[0] ?? target.Key, value)) is { } problem)
            {
                return $"{name}: {problem}";
            }
        }

        return null;
    }

    /// <summary>Checks the name of an option.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>The problem; null for a valid name.</returns>
    public static string? CheckName(Pool pool, string name)
    {
        if (!TargetsOf(pool, name).IsEmpty || UnitSettings.Find(name) is not null)
        {
            return null;
        }

        if (name.LastIndexOf(UnitSettings.Beside, StringComparison.Ordinal) is > 0 and int end)
        {
            return $"{pool.Name} has no unit \"{Excerpt.Of(name[..end])}\"";
        }

        string[] near = OptionNames.Suggest(Excerpt.Of(name), OptionNames.All.Select(target => target.Name));
        return "there is no option " +
            $"\"{Excerpt.Of(name)}\"{(near.Length > 0 ? $"; did you mean {string.Join(" or ", near)}?" : "")}";
    }

    /// <summary>The name under which a pool keeps an option: one of a single unit has the unit's node in it.</summary>
    /// <param name="name">As people write it.</param>
    public static string Canonical(Pool pool, string name) => UnitOptionName.Canonical(pool, name);

    /// <summary>The translators of an option, if a pool's graphs have none of them: then it changes nothing.</summary>
    /// <param name="types">The types of translators in its graphs.</param>
    /// <returns>Their types; empty if one of them is in a graph, or if the option is a switch.</returns>
    public static IReadOnlyList<string> FindMissing(Pool pool, string name, IReadOnlySet<string> types)
    {
        ImmutableArray<OptionTarget> targets = TargetsOf(pool, name);
        return targets.Any(target => target.Key is null || types.Contains(target.Type))
            ? []
            : [.. targets.Select(target => target.Type).Distinct()];
    }

    /// <summary>The rule of an option's first target.</summary>
    /// <returns>The rule; null for a switch, and if it is unknown.</returns>
    public OptionRule? RuleOf(OptionTarget target) => target.Key is null ? null : RuleOf(target, rulesOf(target.Type));

    /// <summary>The options of one unit's graph alone.</summary>
    /// <returns>The options as a text, to compare units; empty for none.</returns>
    public static string FindOwn(Pool pool, PoolUnit unit) => string.Join('\n', pool.Options
        .Select(option => (Own: UnitOptionName.Split(pool, option.Key), option.Value))
            .Where(option => option.Own is { } own && own.IsMeant(unit) && UnitSettings.Find(own.Key) is null)
            .Select(option => $"{option.Own!.Value.Key}={option.Value}"));

    /// <summary>
    /// Sets a pool's options in one of its graphs, except switches, which <see cref="Graphs.GraphBuilder"/> handles.
    /// </summary>
    /// <param name="kind">What kind of graph it is.</param>
    /// <param name="unit">The unit whose graph it is; null for others.</param>
    public static Volfile Apply(Volfile volfile, string kind, Pool pool, PoolUnit? unit)
    {
        // Options of one unit override options of all.
        foreach ((string name, string value) in
            pool.Options.OrderBy(option => UnitOptionName.Split(pool, option.Key) is null ? 0 : 1))
        {
            if (UnitOptionName.Split(pool, name) is { } own)
            {
                volfile = unit is not null && own.IsMeant(unit) && UnitSettings.Find(own.Key) is null
                    ? Set(volfile, volume => volume.Name == unit.Path, own.Key, value)
                    : volfile;
                continue;
            }

            IEnumerable<OptionTarget> targets = TargetsOf(pool, name)
                .Where(target => target.Key is not null && target.Graphs.Contains(kind));
            foreach (OptionTarget target in targets)
            {
                volfile = Set(
                    volfile, volume => volume.Type == target.Type,
                    target.Key!.Replace("{path}", unit?.Path, StringComparison.Ordinal), value);
            }
        }

        return volfile;
    }

    private static Volfile Set(Volfile volfile, Func<Volume, bool> isMeant, string key, string value) =>
        volfile with { Volumes = [.. volfile.Volumes.Select(volume => isMeant(volume) ? volume.With(key, value) : volume)] };

    private static ImmutableArray<OptionTarget> TargetsOf(Pool pool, string name)
    {
        if (UnitOptionName.Split(pool, name) is { } own)
        {
            return [new OptionTarget(name, "debug/io-stats", own.Key, [Graphs.GraphDocument.Unit])];
        }

        int slash = name.IndexOf('/', StringComparison.Ordinal);
        int dot = slash < 0 ? -1 : name.IndexOf('.', slash);
        return slash > 0 && dot > slash + 1 && dot < name.Length - 1 && Graphs.GraphIntegrity.IsType(name[..dot])
            ? [new OptionTarget(name, name[..dot], name[(dot + 1)..], Graphs.GraphDocument.Kinds)]
            : OptionNames.Find(name);
    }

    private static OptionRule? RuleOf(OptionTarget target, IReadOnlyList<OptionRule> rules) =>
        rules.FirstOrDefault(rule =>
            rule.Keys.Any(key => key == target.Key || key == target.Key!.Replace("{path}", "*", StringComparison.Ordinal)));
}
