using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>What a node keeps of a pool.</summary>
public sealed class StoredPoolTests
{
    private static readonly Pool s_pool = PoolNumbers.Assign(
        new Pool("pool1", Guid.NewGuid())
        {
            Groups =
                [new DistributeGroup(GroupKind.Distribute, [new PoolUnit(new PoolNode("server1"), "/data/a") { Port = 24100 }])],
        },
        isNew: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whether_units_were_drained_is_kept(bool isDrained)
    {
        byte[] file = new StoredPool(s_pool, PoolState.Started) { IsDrained = isDrained }.ToJson();
        Assert.Equal(isDrained, StoredPool.Parse(file).IsDrained);
    }

    [Fact]
    public void A_change_is_called_what_it_is()
    {
        Pool set = s_pool with { Options = s_pool.Options.Add("performance.cache-size", "64MB") };
        Assert.Equal("options", PoolChange.Describe(s_pool, set));
        Assert.Equal("options", PoolChange.Describe(s_pool, s_pool with { Layers = s_pool.Layers! with { HasDistribute = !s_pool.Layers.HasDistribute } }));
        Pool renamed = s_pool.SelectUnits(unit => unit with { Node = unit.Node with { Name = "server2" } });
        Assert.Equal("names of nodes", PoolChange.Describe(s_pool, renamed));
    }
}
