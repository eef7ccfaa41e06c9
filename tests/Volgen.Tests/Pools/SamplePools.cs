using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Pools;

/// <summary>Good pools of every kind: each unit on a node of its own, ports from 49252 on.</summary>
internal static class SamplePools
{
    internal const string IdText = "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11";

    internal static Guid Id { get; } = Guid.Parse(IdText);

    /// <summary>What is typed for each kind; a word that is a number of units stands for that many.</summary>
    internal static IReadOnlyDictionary<string, string> Kinds { get; } = new Dictionary<string, string>
    {
        ["lone unit"] = "1 units",
        ["distribute"] = "2 units",
        ["replica 2"] = "mirror 2 2 units",
        ["replica 3"] = "mirror 3 3 units",
        ["arbiter"] = "mirror 2 arbiter 1 3 units",
        ["tie-breaker"] = "mirror 2 4 units tiebreaker node9:/tie",
        ["disperse"] = "data 2 redundancy 1 3 units",
        ["distributed replica"] = "mirror 3 6 units",
        ["distributed arbiter"] = "mirror 2 arbiter 1 6 units",
        ["distributed disperse"] = "data 2 redundancy 1 6 units",
    };

    internal static Pool Of(string kind)
    {
        string[] words = Kinds[kind].Split(' ');
        int at = Array.IndexOf(words, "units");
        int count = int.Parse(words[at - 1], System.Globalization.CultureInfo.InvariantCulture);
        IEnumerable<string> units =
            Enumerable.Range(1, count).Select(number => $"server{number}:{49251 + number}:/exports/pool2/s{number}");
        (ImmutableArray<DistributeGroup> groups, PoolUnit? breaker) =
            PoolGrammar.Parse([.. words[..(at - 1)], .. units, .. words[(at + 1)..]], new PoolNode("here"));
        return PoolNumbers.Assign(
            new Pool("pool2", Id) { Groups = groups, TieBreaker = breaker is null ? null : breaker with { Port = 2407 } },
            isNew: true);
    }
}
