using System.Collections.Immutable;
using System.Globalization;

namespace KadaluFsd.Volgen.Pools;

/// <summary>
/// Parses pools as people type them, in Kadalu's keywords. Without a keyword the units form a distributed pool. <c>mirror</c> or
/// <c>replica</c>, <c>arbiter</c>, <c>data</c>, <c>redundancy</c>, <c>disperse</c> and <c>tiebreaker</c> say what the units
/// behind them are, or, with a number, how many of them make a group.
/// </summary>
/// <remarks>
/// <c>mirror A B C</c>, <c>mirror A B mirror C D</c>, <c>mirror 2 A B C D</c>, <c>replica 3 arbiter 1 A B C</c>, <c>mirror A B
/// arbiter C</c>, <c>data A B redundancy C</c>, <c>data 4 redundancy 2 A B C D E F</c>, <c>disperse 3 redundancy 1 A B C</c>,
/// <c>mirror A B tiebreaker C</c>. A unit is <c>NODE:PATH</c>, <c>NODE:PORT:PATH</c> (an IPv6 address in brackets), or
/// <c>PATH</c> for this node.
/// </remarks>
public static class PoolGrammar
{
    private static readonly string[] s_keywords =
        ["mirror", "replica", "arbiter", "data", "redundancy", "disperse", "tiebreaker"];

    /// <summary>Reads groups and tie-breaker.</summary>
    /// <param name="words">The words after the pool's name.</param>
    /// <param name="thisNode">The node of units that are given as a path.</param>
    /// <returns>The groups, and the tie-breaker or null. <see cref="PoolRules"/> checks them.</returns>
    /// <exception cref="PoolException">The words make no pool; says why.</exception>
    public static (ImmutableArray<DistributeGroup> Groups, PoolUnit? TieBreaker) Parse(
        IReadOnlyList<string> words, PoolNode thisNode)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var lists = new List<(string Keyword, List<PoolUnit> Units)> { ("", []) };
        for (int index = 0; index < words.Count; index++)
        {
            string word = words[index];
            if (!s_keywords.Contains(word))
            {
                lists[^1].Units.Add(ParseUnit(word, thisNode));
            }
            else if (
                index + 1 < words.Count &&
                int.TryParse(words[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            {
                index++;
                if (word == "tiebreaker" || !counts.TryAdd(word, count))
                {
                    string why = word == "tiebreaker"
                        ? "a pool has one tie-breaker, given by its unit"
                        : $"{word} is counted twice";
                    throw new PoolException($"\"{word} {count}\": {why}");
                }
            }
            else
            {
                lists.Add((word, []));
            }
        }

        PoolUnit? breaker = TakeTieBreaker(lists, counts);
        if (lists.FirstOrDefault(list => list.Keyword.Length > 0 && list.Units.Count == 0).Keyword is { } empty)
        {
            throw new PoolException($"nothing behind {empty}: a number or storage units were expected");
        }

        bool isCounted = counts.Count > 0;
        if (isCounted && lists.Skip(1).Any())
        {
            throw new PoolException(
                $"{lists[1].Keyword} with its units beside {counts.Keys.First()} with a number: say it one way");
        }

        if (!isCounted && lists.Count > 1 && lists[0].Units.Count > 0)
        {
            throw new PoolException($"{lists[0].Units[0].Address} stands before {lists[1].Keyword}: say what it is");
        }

        return ([
            .. isCounted
                ? FromCounts(counts, lists[0].Units)
                : lists.Count > 1
                ? FromLists(lists[1..])
                : lists[0].Units.Select(unit => new DistributeGroup(GroupKind.Distribute, [unit]))], breaker);
    }

    /// <summary>Reads a unit.</summary>
    /// <param name="thisNode">The node of a unit that is given as a path.</param>
    /// <exception cref="PoolException">The word is not of that form.</exception>
    public static PoolUnit ParseUnit(string word, PoolNode thisNode)
    {
        if (word.StartsWith('/'))
        {
            return new PoolUnit(thisNode, Trim(word));
        }

        int pathAt = word.IndexOf(":/", StringComparison.Ordinal);
        if (pathAt <= 0)
        {
            throw new PoolException(
                $"\"{word}\" is neither a storage unit (NODE:PATH, NODE:PORT:PATH or PATH) nor one of " +
                $"{string.Join(", ", s_keywords)}");
        }

        string host = word[..pathAt];
        int port = 0;
        int colon = host.StartsWith('[')
            ? host.IndexOf("]:", StringComparison.Ordinal) + 1
            : host.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or
                > 65535)
            {
                throw new PoolException(
                    $"\"{word}\": {host[(colon + 1)..]} is not a port from 1 to 65535 (an IPv6 address stands in brackets)");
            }

            host = host[..colon];
        }

        return new PoolUnit(new PoolNode(host.StartsWith('[') ? host.Trim('[', ']') : host), Trim(word[(pathAt + 1)..]), port);
    }

    private static string Trim(string path) => path.Length > 1 ? path.TrimEnd('/') : path;

    // It belongs to the whole pool, wherever it is given.
    private static PoolUnit? TakeTieBreaker(List<(string Keyword, List<PoolUnit> Units)> lists, Dictionary<string, int> counts)
    {
        PoolUnit? breaker = null;
        for (int index = lists.FindIndex(list => list.Keyword == "tiebreaker"); index >= 0; index = lists.FindIndex(
            list => list.Keyword == "tiebreaker"))
        {
            List<PoolUnit> units = lists[index].Units;
            if (units.Count == 0 || breaker is not null || (units.Count > 1 && counts.Count == 0))
            {
                throw new PoolException("a pool has one tie-breaker, given by its unit: tiebreaker NODE:PATH");
            }

            breaker = units[0];
            lists[0].Units.AddRange(units.Skip(1));
            lists.RemoveAt(index);
        }

        return breaker;
    }

    private static IEnumerable<DistributeGroup> FromCounts(Dictionary<string, int> counts, List<PoolUnit> units)
    {
        (GroupKind kind, int size, int redundancy) = Shape(counts);
        if (size < 1 || units.Count == 0 || units.Count % size != 0)
        {
            throw new PoolException($"{units.Count} storage units cannot be put into groups of {size}");
        }

        return units.Chunk(size).Select(group => new DistributeGroup(kind, [.. group]) { Redundancy = redundancy });
    }

    private static (GroupKind Kind, int Size, int Redundancy) Shape(Dictionary<string, int> counts)
    {
        int mirror = counts.GetValueOrDefault("mirror", counts.GetValueOrDefault("replica"));
        int data = counts.GetValueOrDefault("data");
        int redundancy = counts.GetValueOrDefault("redundancy");
        string said = string.Join(' ', counts.Select(count => $"{count.Key} {count.Value}"));
        return counts.Keys.Order(StringComparer.Ordinal).ToArray() switch
        {
            ["mirror"] or ["replica"] => (GroupKind.Mirror, mirror, 0),

            // The arbiter may or may not be counted among the replicas.
            ["arbiter", "mirror" or "replica"] when counts["arbiter"] == 1 && mirror is 2 or 3 => (GroupKind.Arbiter, 3, 0),
            ["data", "redundancy"] => (GroupKind.Disperse, data + redundancy, redundancy),
            ["data", "disperse"] => (GroupKind.Disperse, counts["disperse"], counts["disperse"] - data),
            ["disperse", "redundancy"] => (GroupKind.Disperse, counts["disperse"], redundancy),
            ["data", "disperse", "redundancy"] when counts["disperse"] == data + redundancy =>
                (GroupKind.Disperse, data + redundancy, redundancy),
            ["disperse"] or ["data"] => throw new PoolException($"{said}: say also how many may be lost, with redundancy N"),
            _ => throw new PoolException($"{said}: these do not go together"),
        };
    }

    private static IEnumerable<DistributeGroup> FromLists(IReadOnlyList<(string Keyword, List<PoolUnit> Units)> lists)
    {
        for (int index = 0; index < lists.Count; index++)
        {
            (string keyword, List<PoolUnit> units) = lists[index];
            (string next, List<PoolUnit> following) = index + 1 < lists.Count ? lists[index + 1] : ("", []);
            switch (keyword, next)
            {
                case ("mirror" or "replica", "arbiter") when following.Count != 1:
                    throw new PoolException(
                        $"arbiter {string.Join(' ', following.Select(unit => unit.Address))}: one arbiter stands beside a " +
                        "mirror");
                case ("mirror" or "replica", "arbiter"):
                    index++;
                    yield return new DistributeGroup(GroupKind.Arbiter, [.. units, .. following]);
                    break;
                case ("mirror" or "replica", _):
                    yield return new DistributeGroup(GroupKind.Mirror, [.. units]);
                    break;
                case ("arbiter", _):
                    yield return new DistributeGroup(GroupKind.Arbiter, [.. units]);
                    break;
                case ("data" or "disperse", "redundancy"):
                    index++;
                    yield return new DistributeGroup(GroupKind.Disperse, [.. units, .. following])
                    {
                        Redundancy = following.Count
                    };
                    break;
                default:
                    string why = keyword == "redundancy"
                        ? "no data before it"
                        : "say also which ones may be lost, with redundancy UNITS";
                    throw new PoolException($"{keyword} {string.Join(' ', units.Select(unit => unit.Address))}: {why}");
            }
        }
    }
}
