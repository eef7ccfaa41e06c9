using System.Collections.Immutable;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Pools;

/// <summary>What is written on disks about units and groups goes by numbers that stay theirs.</summary>
public class PoolNumbersTests
{
    [Fact]
    public void Numbers_of_a_new_pool_are_its_places()
    {
        Pool pool = SamplePools.Of("tie-breaker");
        Assert.Equal([0, 1, 2, 3, 4], pool.Units.Select(member => member.Unit.Number!.Value));
        Assert.Equal([0, 1], pool.Groups.Select(group => group.Number!.Value));
        Assert.Equal(new PoolLayers("pool2", HasDistribute: true, 5, 2), pool.Layers);
    }

    // Kadalu's names, and those of this program's pools before there were numbers.
    [Fact]
    public void A_pool_that_was_there_before_keeps_the_names_of_its_layers()
    {
        Pool before = SamplePools.Of("distributed replica") with { Layers = null };
        before = before.SelectUnits(unit => unit with { Number = null }) with { Layers = null };
        before = before with { Groups = [.. before.Groups.Select(group => group with { Number = null })] };
        Pool now = PoolNumbers.Assign(before, isNew: false);
        Assert.Equal(Build(GraphDocument.Client, before), Build(GraphDocument.Client, now));
        Assert.False(now.Layers!.HasDistribute);
        Assert.Equal(now, PoolNumbers.Assign(now, isNew: true));
    }

    [Fact]
    public void A_pool_of_one_group_that_was_there_before_gets_no_new_layer()
    {
        Pool before = SamplePools.Of("replica 3");
        before = before with { Layers = before.Layers! with { HasDistribute = false } };
        Assert.Empty(Build(GraphDocument.Client, before).OfType("cluster/distribute"));
        Assert.Single(Build(GraphDocument.Client, SamplePools.Of("replica 3")).OfType("cluster/distribute"));
    }

    [Theory]
    [InlineData("distributed replica", "cluster/replicate")]
    [InlineData("distributed arbiter", "cluster/replicate")]
    [InlineData("distributed disperse", "cluster/disperse")]
    public void What_is_left_when_a_group_goes_keeps_its_names(string kind, string type)
    {
        Pool pool = AddGroup(SamplePools.Of(kind), "new");
        Pool without = pool with { Groups = pool.Groups.RemoveAt(1) };
        Volfile before = Build(GraphDocument.Client, pool);
        Volfile after = Build(GraphDocument.Client, without);
        Assert.Equal(
            ["pool2-client-0", "pool2-client-1", "pool2-client-2", "pool2-client-6", "pool2-client-7", "pool2-client-8"],
            after.OfType("protocol/client").Select(volume => volume.Name));
        Assert.All(after.Volumes.Where(volume => volume.Type is "protocol/client" || volume.Type == type), volume =>
            Assert.Equal(before.Find(volume.Name), volume));
        Assert.EndsWith("-2", after.Find("pool2-dht")!.Subvolumes[1], StringComparison.Ordinal);
        Assert.Equal(
            Build(GraphDocument.HealDaemon, pool).OfType(type).Where(group =>
                !group.Name.EndsWith("-1", StringComparison.Ordinal)), Build(GraphDocument.HealDaemon, without).OfType(type));
    }

    [Fact]
    public void A_number_that_was_given_is_never_given_again()
    {
        Pool pool = AddGroup(SamplePools.Of("distributed replica"), "third");
        pool = AddGroup(pool with { Groups = pool.Groups.RemoveAt(2) }, "fourth");
        Assert.Equal([0, 1, 3], pool.Groups.Select(group => group.Number!.Value));
        Assert.Equal([9, 10, 11], pool.Groups[2].Units.Select(unit => unit.Number!.Value));

        // Also where the last one was taken away before it was written down again.
        Assert.Equal(pool, PoolDocument.Read(PoolDocument.Write(pool)));
    }

    [Fact]
    public void Marks_on_disks_do_not_change_with_the_pools_name()
    {
        Pool pool = SamplePools.Of("replica 3");
        Pool renamed = pool with { Name = "other" };
        foreach (string kind in new[] { GraphDocument.Client, GraphDocument.HealDaemon, GraphDocument.Rebalance })
        {
            Assert.Equal(
                Build(kind, pool).OfType("cluster/replicate").Select(group => (group.Name, group["afr-pending-xattr"])),
                Build(kind, renamed).OfType("cluster/replicate").Select(group => (group.Name, group["afr-pending-xattr"])));
        }

        Volfile unit = GraphBuilder.Build(
            GraphDocument.Default(GraphDocument.Unit), new GraphSubject(renamed) { Unit = renamed.Members.First() });
        Assert.Equal("trusted.afr.pool2", unit.Find("other-index")!["xattrop-pending-watchlist"]);
        Assert.Equal("other", Build(GraphDocument.Client, renamed).Top.Name);
    }

    [Fact]
    public void Numbers_that_are_wrong_are_refused()
    {
        Pool pool = SamplePools.Of("replica 3");
        Refused(pool.SelectUnits(unit => unit with { Number = 1 }), "have the same number, 1");
        Refused(pool.SelectUnits(unit => unit with { Number = unit.Number + 1 }),
            "has the number 3, which is not given yet: layers.next_unit is 3");
        Refused(pool with { Groups = [pool.Groups[0] with { Number = 7 }] },
            "group 1 has the number 7, which is not given yet: layers.next_group is 1");
        Refused(pool with { Layers = null }, "no \"layers\" that say which numbers were given");
        Refused(pool with { Layers = pool.Layers! with { Name = "../x" } }, "the name of the pool's layers");
    }

    [Fact]
    public void A_digest_is_of_what_all_nodes_must_have()
    {
        Pool pool = SamplePools.Of("replica 3") with { Revision = 1, Credentials = new PoolCredentials("user", "secret") };
        string digest = PoolRevision.DigestOf(pool);
        Assert.Equal(
            digest, PoolRevision.DigestOf(pool with { Revision = 7, Credentials = new PoolCredentials("user", "other") }));
        Assert.Equal(
            digest, PoolRevision.DigestOf(pool.SelectUnits(unit => unit with { Node = unit.Node with { Id = "mine" } })));
        Assert.NotEqual(digest, PoolRevision.DigestOf(pool with { Options = pool.Options.Add("performance.io-cache", "on") }));
        Assert.NotEqual(digest, PoolRevision.DigestOf(pool.SelectUnits(unit => unit with { Port = unit.Port + 1 })));
        var revision = PoolRevision.Of(pool);
        Assert.Equal(
            revision,
            PoolRevision.Find(
                VolfileParser.Parse(revision!.ToComment() + VolfilePrinter.Print(Build(GraphDocument.Client, pool)))));
        Assert.Null(PoolRevision.Find(Build(GraphDocument.Client, pool)));
    }

    private static Pool AddGroup(Pool pool, string path)
    {
        ImmutableArray<PoolUnit> units =
            [.. pool.Groups[0].Units.Select(unit => unit with { Path = $"/exports/{path}", Number = null })];
        return PoolNumbers.Assign(
            pool with { Groups = pool.Groups.Add(pool.Groups[0] with { Number = null, Units = units }) }, isNew: false);
    }

    private static Volfile Build(string kind, Pool pool) =>
        GraphBuilder.Build(GraphDocument.Default(kind), new GraphSubject(pool));

    private static void Refused(Pool pool, string reason) =>
        Assert.Contains(PoolRules.Check(pool), problem => problem.Contains(reason, StringComparison.Ordinal));
}
