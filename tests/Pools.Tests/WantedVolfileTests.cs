using KadaluFsd.Contract;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>What a volfile that somebody wants is built for.</summary>
public class WantedVolfileTests
{
    private static readonly Pool s_pool = new("pool1", Guid.Empty)
    {
        Groups = [new DistributeGroup(GroupKind.Mirror, [Unit("n1"), Unit("n2")])],
    };

    [Fact]
    public void A_volfile_of_a_unit_is_of_one_that_there_is()
    {
        Assert.Null(Find(GraphDocument.Client, null).Unit);
        Assert.Equal(1, Find(GraphDocument.Unit, "n2:/u").Unit!.Index);
        foreach ((string kind, string? unit, string words) in new[]
        {
            (GraphDocument.Unit, "n3:/u", "pool1 has no unit n3:/u, but n1:/u, n2:/u"),
            (GraphDocument.Unit, null, "say --kind unit --unit"), (GraphDocument.Client, "n1:/u", "say --kind unit --unit"),
            ("other", null, "there is no kind of graph \"other\", but client, "),
        })
        {
            Assert.StartsWith(
                words, Assert.Throws<CommandException>(() => Find(kind, unit)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nodes_get_other_names_for_other_networks()
    {
        Assert.Empty(Find(GraphDocument.Client, null).Hosts);
        Assert.Equal("c", Find(GraphDocument.Client, null, "n1=a", "n2=b", "n1=c").Hosts["n1"]);
        foreach (string wrong in new[] { "n1", "=a", "n3=a", "n1=", "n1=a b", "n1=a=b" })
        {
            Assert.StartsWith(
                "--host: ", Assert.Throws<CommandException>(() => Find(GraphDocument.Client, null, wrong)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_pool_without_copies_has_no_self_heal_daemon()
    {
        Pool single = s_pool with { Groups = [new DistributeGroup(GroupKind.Distribute, [Unit("n1")])] };
        Assert.Throws<CommandException>(
            () => new WantedVolfile(GraphDocument.HealDaemon, null, [], IsTls: false).FindSubject(single));
        Assert.Contains(
            GraphSubject.Tls, new WantedVolfile(GraphDocument.Client, null, [], IsTls: true).FindSubject(single).Facts);
    }

    private static GraphSubject Find(string kind, string? unit, params string[] hosts) =>
        new WantedVolfile(kind, unit, hosts, IsTls: false).FindSubject(s_pool);

    private static PoolUnit Unit(string node) => new(new PoolNode(node), "/u", 24200);
}
