using System.Collections.Immutable;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

public class PoolChecksTests
{
    [Fact]
    public void Two_pools_cannot_have_the_same_alias_for_all_units_or_for_one()
    {
        Pool[] others =
        [
            With("pool1", ("unit.alias", "127.0.9.1")), With("pool2", ("server1:/a.unit.alias", "127.0.9.2")),
            With("pool3", ("unit.log-level", "127.0.9.3")),
        ];
        Assert.Contains("pool1", Assert.Single(PoolChecks.FindSharedAliases(With("new", ("unit.alias", "127.0.9.1")), others)), StringComparison.Ordinal);
        Assert.Contains("pool2", Assert.Single(PoolChecks.FindSharedAliases(With("new", ("unit.alias", "127.0.9.2")), others)), StringComparison.Ordinal);
        Assert.Empty(PoolChecks.FindSharedAliases(With("new", ("unit.alias", "127.0.9.3")), others));
        Assert.Empty(PoolChecks.FindSharedAliases(With("pool1", ("unit.alias", "127.0.9.1")), others));
        Assert.Empty(PoolChecks.FindSharedAliases(With("new"), others));
    }

    [Fact]
    public void A_name_of_a_node_that_is_new_in_a_pool_has_to_lead_to_the_node()
    {
        var node = new ThisNode("server1", Guid.NewGuid().ToString());
        Pool before = On(("server1", node.Id!), ("no-such-host.invalid", Guid.NewGuid().ToString()));

        // What it has had before is not looked at again.
        Assert.Empty(PoolChecks.FindUnknownNames(before, before, node));
        Assert.Empty(PoolChecks.FindUnknownNames(before.RenameNode(node.Id!, "localhost"), before, node));
        Assert.Contains(
            "neither.invalid is to be this node",
            Assert.Single(PoolChecks.FindUnknownNames(before.RenameNode(node.Id!, "neither.invalid"), before, node)),
            StringComparison.Ordinal);
        string other = before.Units.Last().Unit.Node.Id;
        Assert.Empty(PoolChecks.FindUnknownNames(before.RenameNode(other, "localhost"), before, node));
        Assert.Contains(
            "nor-this.invalid has no address",
            Assert.Single(PoolChecks.FindUnknownNames(before.RenameNode(other, "nor-this.invalid"), before, node)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_go_over_to_another_graph_where_a_unit_has_another_host()
    {
        string Graph(string host, string port) =>
            $"volume c0\n  type protocol/client\n  option remote-host {host}\n  option remote-port {port}\nend-volume\n";
        Assert.True(GraphLayers.ConnectElsewhere(Graph("server1", "1"), Graph("server2", "1")));
        Assert.False(GraphLayers.ConnectElsewhere(Graph("server1", "1"), Graph("server1", "2")));
        Assert.False(GraphLayers.Differ(Graph("server1", "1"), Graph("server2", "1")));
    }

    private static Pool On(params (string Name, string Id)[] nodes) => new("pool1", Guid.NewGuid())
    {
        Groups =
        [
            new DistributeGroup(
                GroupKind.Mirror, [.. nodes.Select(node => new PoolUnit(new PoolNode(node.Name, node.Id), "/data/u"))]),
        ],
    };

    private static Pool With(string name, params (string Option, string Value)[] options) => new(name, Guid.NewGuid())
    {
        Options = options.ToImmutableSortedDictionary(option => option.Option, option => option.Value, StringComparer.Ordinal),
    };
}
