using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

public class PoolSpaceTests
{
    // Size and available of each unit, in order.
    [Theory]
    [InlineData("/a /b", 300, 110)]
    [InlineData("mirror 2 /a /b", 100, 50)]
    [InlineData("mirror 2 arbiter 1 /a /b /c", 100, 50)]
    [InlineData("data 2 redundancy 1 /a /b /c", 20, 10)]
    [InlineData("mirror 2 /a /b /c /d", 110, 55)]
    public void A_pool_holds_what_its_smallest_units_hold(string words, long size, long available)
    {
        (ImmutableArray<DistributeGroup> groups, _) = PoolGrammar.Parse(words.Split(' '), new PoolNode("here"));
        var pool = new Pool("p", Guid.NewGuid()) { Groups = groups };
        (long, long)?[] units = [(100, 60), (200, 50), (10, 5), (40, 40)];
        Assert.Equal((size, available), PoolSpace.Of(pool, units[..pool.Members.Count()]));
    }

    [Theory]
    [InlineData("mirror 2 /a /b", 200, 50)]
    [InlineData("data 2 redundancy 1 /a /b /c", 20, 10)]
    public void A_unit_that_is_down_does_not_count(string words, long size, long available)
    {
        (ImmutableArray<DistributeGroup> groups, _) = PoolGrammar.Parse(words.Split(' '), new PoolNode("here"));
        (long, long)?[] units = [null, (200, 50), (10, 5)];
        Assert.Equal((size, available), PoolSpace.Of(new Pool("p", Guid.NewGuid()) { Groups = groups }, units));
    }

    [Fact]
    public void What_is_not_known_makes_no_sum() =>
        Assert.Null(
            PoolSpace.Of(
                new Pool("p", Guid.NewGuid())
                {
                    Groups = [new DistributeGroup(GroupKind.Distribute, [new PoolUnit(new PoolNode("s"), "/a")])]
                }, [null]));

    [Theory]
    [InlineData(null, 990, 490)]
    [InlineData("10", 900, 400)]
    [InlineData("10%", 900, 400)]
    [InlineData("0", 1000, 500)]
    [InlineData("100", 900, 400)]
    [InlineData("1KB", 0, 0)]
    public void What_the_disk_keeps_for_itself_is_taken_off(string? reserve, long size, long available) =>
        Assert.Equal((size, available), PoolSpace.WithoutReserve(1000, 500, reserve));
}
