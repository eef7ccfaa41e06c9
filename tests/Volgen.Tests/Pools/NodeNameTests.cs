using System.Text;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Pools;

/// <summary>A node of a pool gets another name, and its units stay what they are.</summary>
public class NodeNameTests
{
    private const string Node = "b7e2f0a4-57d9-4d46-9f6a-0f3f5f1f2a01";

    private static readonly Pool s_pool = Make();

    [Fact]
    public void Units_have_the_name_and_the_key_that_they_had()
    {
        Pool renamed = s_pool.RenameNode(Node, "storage1");
        Assert.Equal(
            ["storage1:/exports/pool2/s1", "server2:/exports/pool2/s2", "server3:/exports/pool2/s3"],
            renamed.Units.Select(member => member.Unit.Address));
        Assert.Equal(s_pool.Units.Select(KeyOf), renamed.Units.Select(KeyOf));
        Assert.Empty(PoolRules.Check(renamed, mayShareNodes: false));
        Assert.NotEqual(PoolRevision.DigestOf(s_pool), PoolRevision.DigestOf(renamed));

        // Twice, and back.
        Pool again = renamed.RenameNode(Node, "storage9");
        Assert.Equal(s_pool.Units.Select(KeyOf), again.Units.Select(KeyOf));
        Assert.Equal(s_pool, again.RenameNode(Node, "server1"));
    }

    [Fact]
    public void It_is_in_the_document_and_nothing_else_is_where_no_node_was_renamed()
    {
        Pool renamed = s_pool.RenameNode(Node, "storage1");
        Assert.Equal(renamed, PoolDocument.Read(PoolDocument.Write(renamed)));
        Assert.Contains("\"key_node\": \"server1\"", Encoding.UTF8.GetString(PoolDocument.Write(renamed)), StringComparison.Ordinal);
        Assert.DoesNotContain("key_node", Encoding.UTF8.GetString(PoolDocument.Write(s_pool)), StringComparison.Ordinal);

        // It becomes a part of paths.
        Pool bad = s_pool.SelectUnits(unit => unit.Node.Id == Node ? unit with { KeyNode = "../x" } : unit);
        Assert.Contains("key_node", Assert.Single(PoolRules.Check(bad, mayShareNodes: false)), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_its_units_go_with_it_and_those_of_others_stay()
    {
        Pool set = s_pool with
        {
            Options = s_pool.Options.SetItem("server1:/exports/pool2/s1.unit.log-level", "DEBUG")
                .SetItem("server2:/exports/pool2/s2.unit.log-level", "INFO").SetItem("performance.io-cache", "on"),
        };
        Assert.Equal(
            ["performance.io-cache", "server2:/exports/pool2/s2.unit.log-level", "storage1:/exports/pool2/s1.unit.log-level"],
            set.RenameNode(Node, "storage1").Options.Keys);
        Assert.Equal(set, set.RenameNode(Node, "storage1").RenameNode(Node, "server1"));
    }

    [Fact]
    public void Clients_reach_its_units_by_the_name()
    {
        string[] Hosts(Pool pool) =>
            [.. GraphBuilder.Build(GraphDocument.Default(GraphDocument.Client), new GraphSubject(pool)).OfType("protocol/client")
                .Select(client => client["remote-host"]!)];
        Assert.Equal(["server1", "server2", "server3"], Hosts(s_pool));
        Assert.Equal(["storage1", "server2", "server3"], Hosts(s_pool.RenameNode(Node, "storage1")));
    }

    private static string KeyOf(PoolMember member) => member.Unit.Key("pool2");

    private static Pool Make()
    {
        int number = 0;
        return SamplePools.Of("replica 3").SelectUnits(unit => unit with
        {
            Node = unit.Node with { Id = ++number == 1 ? Node : Guid.NewGuid().ToString() },
        });
    }
}
