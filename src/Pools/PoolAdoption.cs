using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>Finds the units of a new pool that come back to the other units of their group, and are healed from these.</summary>
public static class PoolAdoption
{
    /// <param name="contents">The contents of the directories of this node's units, in order.</param>
    /// <param name="existing">What to do with them.</param>
    /// <param name="problems">Groups whose units cannot be healed.</param>
    /// <returns>The units that have to be healed from the others.</returns>
    public static ImmutableArray<RejoiningUnit> FindRejoining(
        Pool pool, ThisNode node, ImmutableArray<DirectoryContents> contents, ExistingContents existing,
        out ImmutableArray<string> problems)
    {
        Dictionary<string, DirectoryContents> byPath = contents.ToDictionary(one => one.Path);
        var rejoining = ImmutableArray.CreateBuilder<RejoiningUnit>();
        var wrong = ImmutableArray.CreateBuilder<string>();
        foreach (IGrouping<int, PoolMember> members in pool.Members.Where(_ => pool.CanHeal).GroupBy(member => member.Group))
        {
            DistributeGroup group = pool.Groups[members.Key];
            PoolMember[] elsewhere = [.. members.Where(member => !node.Is(pool, member.Unit.Node))];
            PoolMember[] here = [.. members.Where(member => node.Is(pool, member.Unit.Node))];
            PoolMember[] used = [.. here.Where(member => !byPath[member.Unit.Path].IsNew)];

            // If all units are on this node, nothing can have gone on without them.
            PoolMember[] back = existing switch
            {
                ExistingContents.Adopt when elsewhere.Length > 0 => here,
                ExistingContents.Discard when elsewhere.Length > 0 =>
                    [.. here.Where(member => byPath[member.Unit.Path].Owner == pool.Id)],
                ExistingContents.Adopt or ExistingContents.Restore when used.Length > 0 => [.. here.Except(used)],
                _ => [],
            };
            if (back.Length > 0 && FindObjection(group, members.Except(back).ToArray(), back.Length) is { } objection)
            {
                wrong.Add($"group {members.Key + 1}: {objection}");
            }

            rejoining.AddRange(
                back.Select(member =>
                    new RejoiningUnit(member.Unit.Path, existing != ExistingContents.Discard && used.Contains(member))));
        }

        problems = wrong.ToImmutable();
        return rejoining.ToImmutable();
    }

    private static string? FindObjection(DistributeGroup group, PoolMember[] sources, int back) => group.Kind switch
    {
        GroupKind.Disperse when sources.Length < group.DataUnits =>
            $"{sources.Length} of its units would be left to heal the others from, and it takes {group.DataUnits}",
        GroupKind.Mirror or GroupKind.Arbiter when sources.All(member => member.Role != UnitRole.Data) =>
            "none of its units would be left to heal the others from",
        GroupKind.Mirror or GroupKind.Arbiter when back > 1 =>
            $"{back} of its units would have to be healed at once, and only one can be",
        _ => null,
    };
}
