using System.Collections.Immutable;
using KadaluFsd.Contract;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>Which ports the units of a pool are given.</summary>
public sealed class PoolPortsTests
{
    private static readonly NodePorts s_quiet = new(ImmutableHashSet<int>.Empty, 32768, 60999);

    [Fact]
    public void They_are_given_from_the_first_on_each_once() =>
        Assert.Equal([PortChoice.First, PortChoice.First + 1, PortChoice.First + 2], PortsOf(Assign(Pool("a", 0, 0, 0))));

    [Fact]
    public void What_another_pool_has_on_this_node_is_not_given_again()
    {
        Pool other = Pool("other", PortChoice.First, PortChoice.First + 2) with { Port = PortChoice.First + 3 };
        Assert.Equal([PortChoice.First + 1, PortChoice.First + 4], PortsOf(Assign(Pool("a", 0, 0), [other])));
    }

    [Theory]
    [InlineData(PortChoice.First, PortChoice.First + 9, PortChoice.First + 10)]
    [InlineData(PortChoice.First + 1, 60999, PortChoice.First)]
    [InlineData(1024, PortChoice.First, PortChoice.First + 1)]
    public void What_outgoing_connections_get_is_not_given(int low, int high, int expected) =>
        Assert.Equal([expected], PortsOf(Assign(Pool("a", 0), ports: s_quiet with { EphemeralLow = low, EphemeralHigh = high })));

    [Fact]
    public void What_somebody_listens_on_is_not_given_here() =>
        Assert.Equal(
            [PortChoice.First + 1],
            PortsOf(Assign(Pool("a", 0), ports: s_quiet with { Listening = new HashSet<int> { PortChoice.First } })));

    [Fact]
    public void One_that_is_asked_for_and_is_another_pools_is_refused() =>
        Assert.Contains(
            $"port {PortChoice.First} is another pool's",
            Assert.Throws<CommandException>(() => Assign(Pool("a", PortChoice.First), [Pool("other", PortChoice.First)])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Where_none_is_left_that_is_said() =>
        Assert.Contains(
            "no port from",
            Assert.Throws<CommandException>(
                () =>
                    Assign(Pool("a", 0), ports: s_quiet with { EphemeralLow = PortChoice.First, EphemeralHigh = 65535 })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_pool_gets_a_port_of_its_own_once()
    {
        Assert.Equal(PortChoice.FirstOfPools, PortChoice.ChooseOwn(Pool("a", 0), _ => true).Port);
        Assert.Equal(7, PortChoice.ChooseOwn(Pool("a", 0) with { Port = 7 }, _ => true).Port);
        Assert.Equal(
            PortChoice.FirstOfPools + 4,
            PortChoice.ChooseOwn(Pool("a", 0), port => port == PortChoice.FirstOfPools + 4).Port);
    }

    [Fact]
    public void Where_none_is_left_for_a_pool_that_is_said() => Assert.Contains(
        "for volfiles", Assert.Throws<PoolException>(() => PortChoice.ChooseOwn(Pool("a", 0), _ => false)).Message,
        StringComparison.Ordinal);

    private static Pool Assign(Pool pool, Pool[]? others = null, NodePorts? ports = null) =>
        PoolPorts.Assign(pool, others ?? [], (_, _) => true, ports ?? s_quiet);

    private static int[] PortsOf(Pool pool) => [.. pool.Units.Select(member => member.Unit.Port)];

    private static Pool Pool(string name, params int[] ports) => new(name, Guid.NewGuid())
    {
        Groups = [.. ports.Select((port, index) => new DistributeGroup(
            GroupKind.Distribute, [new PoolUnit(new PoolNode("n"), $"/{name}{index}", port)]))],
    };
}
