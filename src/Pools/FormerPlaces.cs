using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Storage;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>
/// Gives directories that come back to a pool their former places. With another number, or another name of the layers, the marks
/// of other units would apply to the wrong unit, or to none: old copies would count as good ones.
/// </summary>
public static class FormerPlaces
{
    /// <summary>Gives a pool the numbers and the name of the layers that its directories have.</summary>
    /// <param name="pool">The pool; units of a definition may have numbers already.</param>
    /// <param name="contents">The contents of this node's directories.</param>
    /// <param name="problems">Directories that cannot take their place; may be empty.</param>
    public static Pool TakeUp(
        Pool pool, ThisNode node, ImmutableArray<DirectoryContents> contents, out ImmutableArray<string> problems)
    {
        HashSet<string> used = [.. contents.Where(one => !one.IsNew && one.Owner == pool.Id).Select(one => one.Path)];
        PoolMember[] back = [.. node.UnitsOf(pool).Where(member => used.Contains(member.Unit.Path))];
        Dictionary<PoolMember, UnitLabel> labels =
            back.Select(member => (member, Label: UnitLabel.Read(member.Unit.Path, pool.Id)))
                .Where(one => one.Label is not null).ToDictionary(one => one.member, one => one.Label!);
        problems =
        [
            .. back.Where(member => pool.Layers is null && !labels.ContainsKey(member))
                .Select(member =>
                    $"{member.Unit.Path} does not say which of the pool's units it was: the pool can be created from its " +
                    "definition only (--definition)"),
            .. labels.Select(one =>
                (one.Key, Difference: one.Value.FindDifference(UnitLabel.Of(pool, one.Key), hasNumbers: pool.Layers is not null)))
                .Where(one => one.Difference is not null).Select(one => $"{one.Key.Unit.Path} {one.Difference}"),
            .. FindMixed(labels),
        ];
        if (!problems.IsEmpty || pool.Layers is not null || labels.Count == 0)
        {
            return pool;
        }

        bool areInOrder =
            labels.All(one => one.Value.Unit == one.Key.Index && (one.Value.Group < 0 || one.Value.Group == one.Key.Group));
        if (!areInOrder &&
            pool.Units.FirstOrDefault(member => !labels.ContainsKey(member) && !node.Is(pool, member.Unit.Node)) is { } unknown)
        {
            problems =
                [$"which of the pool's units {unknown.Unit.Address} was is not known here: the pool can be created from its " +
                "definition only (--definition)"];
            return pool;
        }

        return Number(pool, labels, areInOrder);
    }

    /// <summary>
    /// Writes to each directory of this node which unit of the pool it is. Skips directories that do not exist or are not this
    /// pool's.
    /// </summary>
    /// <param name="say">Gets a warning where that cannot be written.</param>
    public static void Note(Pool pool, ThisNode node, Action<string> say)
    {
        foreach (PoolMember member in node.UnitsOf(pool).Where(member => UnitDirectory.IsOf(pool.Id, member.Unit.Path)))
        {
            try
            {
                UnitLabel.Of(pool, member).Write(member.Unit.Path);
            }
            catch (Exception exception) when (SystemRefusal.Is(exception))
            {
                say($"warning: which unit {member.Unit.Path} is cannot be noted in it: {SystemRefusal.Describe(exception)}");
            }
        }
    }

    private static IEnumerable<string> FindMixed(Dictionary<PoolMember, UnitLabel> labels)
    {
        KeyValuePair<PoolMember, UnitLabel>[] grouped = [.. labels.Where(one => one.Value.Group >= 0)];
        IEnumerable<string> strangers =
            FindStrangers(grouped, one => one.Key.Group, one => one.Value.Group, "were in different groups")
                .Concat(FindStrangers(grouped, one => one.Value.Group, one => one.Key.Group, "were in one group"));
        foreach (string problem in strangers)
        {
            yield return problem;
        }

        IEnumerable<IGrouping<int, KeyValuePair<PoolMember, UnitLabel>>> copies =
            labels.GroupBy(one => one.Value.Unit).Where(same => same.Count() > 1);
        foreach (IGrouping<int, KeyValuePair<PoolMember, UnitLabel>> same in copies)
        {
            yield return $"{string.Join(" and ", same.Select(one => one.Key.Unit.Path))} say that they are the same unit: one " +
                "is a copy of the other's directory";
        }

        string[] names = [.. labels.Values.Select(label => label.Layers.Name).Distinct()];
        if (names.Length > 1)
        {
            yield return $"their layers are called by different names: {string.Join(", ", names)}";
        }
    }

    // The first of each group by one record that is in another group by the other record.
    private static IEnumerable<string> FindStrangers(
        KeyValuePair<PoolMember, UnitLabel>[] grouped, Func<KeyValuePair<PoolMember, UnitLabel>, int> together,
        Func<KeyValuePair<PoolMember, UnitLabel>, int> apart, string words) =>
        from one in grouped
        group one by together(one) into same
        let first = same.First()
        let strangers = same.Where(one => apart(one) != apart(first)).Take(1)
        from stranger in strangers
        select $"{first.Key.Unit.Path} and {stranger.Key.Unit.Path} {words}";

    // A directory without a label is new, or has the place that it is given.
    private static Pool Number(Pool pool, Dictionary<PoolMember, UnitLabel> labels, bool areInOrder)
    {
        Dictionary<PoolUnit, int> units = labels.ToDictionary(one => one.Key.Unit, one => one.Value.Unit);
        Dictionary<int, int> groups = labels.Where(one => one.Value.Group >= 0)
            .GroupBy(one => one.Key.Group).ToDictionary(group => group.Key, group => group.First().Value.Group);
        int nextUnit = Math.Max(
            labels.Values.Max(label => Math.Max(label.Layers.NextUnit, label.Unit + 1)), areInOrder ? pool.Units.Count() : 0);
        int nextGroup = Math.Max(
            labels.Values.Max(label => Math.Max(label.Layers.NextGroup, label.Group + 1)), areInOrder ? pool.Groups.Length : 0);
        foreach (PoolMember member in pool.Units.Where(member => !units.ContainsKey(member.Unit)))
        {
            units.Add(member.Unit, areInOrder ? member.Index : nextUnit++);
        }

        pool = pool with
        {
            Groups =
                [.. pool.Groups.Select(
                    (group, place) => group with {
                        Number = groups.TryGetValue(place, out int number) ? number : areInOrder ? place : nextGroup++ })],
        };
        PoolLayers layers = labels.Values.First().Layers;
        return pool.SelectUnits(unit => unit with { Number = units[unit] }) with
        {
            Layers = layers with { NextUnit = nextUnit, NextGroup = nextGroup }
        };
    }
}
