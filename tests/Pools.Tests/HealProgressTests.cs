using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>What replace-unit says while it waits.</summary>
public sealed class HealProgressTests
{
    private static readonly Pool s_pool = new("pool1", Guid.Empty)
    {
        Groups =
        [
            new DistributeGroup(GroupKind.Mirror, [Unit("n1"), Unit("n2")]),
            new DistributeGroup(GroupKind.Mirror, [Unit("n3"), Unit("n4")]),
        ],
    };

    [Theory]
    [InlineData("waits for n2:/u", false, 0, null)]
    [InlineData("waits for the other units", false, 3)]
    [InlineData("5 found so far have to be healed", false, 3, 5)]
    [InlineData("nothing has to be healed", true, 0, 0)]
    public void It_says_who_is_missing_and_how_much_is_left(string text, bool isDone, params int?[] entries)
    {
        // Those of another group do not count.
        HealList[] lists = [.. entries.Select((count, index) => List($"n{index + 1}", count)), List("n3", 100), List("n4", null)];
        Assert.Equal((text, isDone), HealProgress.Describe(s_pool, s_pool.Members.ElementAt(0), lists));
    }

    private static PoolUnit Unit(string node) => new(new PoolNode(node), "/u", 1);

    private static HealList List(string node, int? entries) => new(
        $"{node}:/u", entries is null ? "Transport endpoint is not connected" : HealList.Connected,
        [.. Enumerable.Range(0, entries ?? 0).Select(index => new HealEntry($"/{index}", false, false))]);
}
