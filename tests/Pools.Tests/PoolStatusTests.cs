using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>Which groups of a pool cannot be used, by the units that are down.</summary>
public class PoolStatusTests
{
    [Theory]
    [InlineData("mirror 2 /a /b", "down up", null)]
    [InlineData("mirror 2 /a /b", "down down", "of its 2 units 1 must be there, and 2 are down")]
    [InlineData("mirror 3 /a /b /c", "down up up", null)]
    [InlineData("mirror 3 /a /b /c", "down down up", "of its 3 units 2 must be there, and 2 are down")]
    [InlineData("mirror 2 arbiter 1 /a /b /c", "up down down", "of its 3 units 2 must be there, and 2 are down")]
    [InlineData("data 2 redundancy 1 /a /b /c", "down up up", null)]
    [InlineData("data 2 redundancy 1 /a /b /c", "down up down", "of its 3 units 2 must be there, and 2 are down")]
    [InlineData("/a", "down", "of its 1 units 1 must be there, and 1 is down")]
    [InlineData("mirror 3 /a /b /c", "elsewhere elsewhere elsewhere", null)]
    public void A_group_can_be_used_as_long_as_enough_of_its_units_are_there(string words, string states, string? problem) =>
        Assert.Equal(problem is null ? [] : [$"group 1 cannot be used: {problem}"], Find(words, states, []));

    [Fact]
    public void Each_group_counts_for_itself() => Assert.Equal(
        ["group 2 cannot be used: of its 2 units 1 must be there, and 2 are down"],
        Find("mirror 2 /a /b /c /d", "down up down down", []));

    [Fact]
    public void Where_something_else_is_set_for_a_quorum_one_unit_may_be_enough() => Assert.Empty(
        Find("mirror 3 /a /b /c", "down down up", new Dictionary<string, string> { ["cluster.quorum-type"] = "none" }));

    [Fact]
    public void What_is_pending_has_the_name_that_was_set_and_each_comes_once()
    {
        Assert.Empty(PoolStatus.Named(null));
        Assert.Equal(["a/b.c"], PoolStatus.Named(["a/b.c", "a/b.c"]));
    }

    private static string[] Find(string words, string states, Dictionary<string, string> options)
    {
        (ImmutableArray<DistributeGroup> groups, _) = PoolGrammar.Parse(words.Split(' '), new PoolNode("here"));
        Pool pool = new("p", Guid.Empty)
        {
            Groups = groups,
            Options = options.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
        return
        [
            .. PoolStatus.FindGroupProblems(pool,
            [
                .. pool.Members.Zip(states.Split(' '), (member, state) => new PoolUnitStatus(
                    "here", member.Unit.Path, 0, "data", member.Group + 1, null, state, [], null, null, null, null, null, null,
                    null, null, null, [])),
            ]),
        ];
    }
}
