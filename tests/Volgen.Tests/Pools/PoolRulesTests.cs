using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Pools;

public class PoolRulesTests
{
    public static TheoryData<string> Kinds => [.. SamplePools.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Good_pools_of_every_kind_pass(string kind) => Assert.Empty(PoolRules.Check(SamplePools.Of(kind)));

    [Theory]
    [InlineData("")]
    [InlineData("-p")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("ä")]
    [InlineData("my-ta-pool")]
    [InlineData("pool-ta")]
    [InlineData("dirty1")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public void A_pools_name_goes_into_file_names(string name) =>
        Refused(SamplePools.Of("lone unit") with { Name = name }, "name");

    [Theory]
    [InlineData("mirror s1:/a", "2 or 3 storage units, not 1")]
    [InlineData("mirror s1:/a s2:/a s3:/a s4:/a", "2 or 3 storage units, not 4")]
    [InlineData("mirror s1:/a s2:/a mirror s3:/a s4:/a s5:/a", "group 2 has 3 units, the first one 2 units")]
    [InlineData("mirror s1:/a s2:/a s3:/a mirror s4:/a s5:/a arbiter s6:/a", "all groups of a pool are of one kind")]
    [InlineData("mirror s1:/a s2:/a s3:/a arbiter s4:/a", "two storage units with data; here are 3")]
    [InlineData("data s1:/a s2:/a redundancy s3:/a s4:/a", "less than half of its 4 units, not 2")]
    [InlineData("mirror s1:/a s2:/a s3:/a tiebreaker s4:/t", "for mirrors of two")]
    [InlineData("mirror s1:/a s2:/a tiebreaker s2:/t", "the tie-breaker and a unit of group 1")]
    [InlineData("mirror s1:/a s1:/b", "s1 has 2 units of group 1")]
    [InlineData("s1:/a s1:/a", "s1:/a is there twice")]
    [InlineData("s1:/a s1:/a-b s1:/a/b", "s1:/a/b lies inside of s1:/a")]
    [InlineData("s1:/x/a-b s1:/x-a/b", "would have the same name, pool2.s1.x-a-b")]
    [InlineData("mirror S1:/a s1:/b", "s1 has 2 units of group 1")]
    [InlineData("s1:/", "not an absolute path")]
    [InlineData("s1:/a/../b", "not an absolute path")]
    [InlineData("s1:/a//b", "not an absolute path")]
    [InlineData("s1:/a,b", "cannot have in a name")]
    [InlineData("s1:/a`b", "cannot have in a name")]
    [InlineData("s1:/a\ufffd", "what is not UTF-8")]
    [InlineData("s_1$:/a", "nor a host name")]
    [InlineData("a_b:/a", "nor a host name")]
    [InlineData("node-1-:/a", "nor a host name")]
    [InlineData("-node:/a", "nor a host name")]
    [InlineData("two..dots:/a", "nor a host name")]
    [InlineData("node1.:/a", "nor a host name")]
    [InlineData("10.0.0.256:/a", "nor a host name")]
    [InlineData("[fe80:]:/a", "nor a host name")]
    [InlineData("[fe80::1%eth0]:/a", "nor a host name")]
    [InlineData("0.0.0.0:/a", "no address of a node")]
    [InlineData("255.255.255.255:/a", "no address of a node")]
    [InlineData("224.0.0.1:/a", "no address of a node")]
    [InlineData("[::]:/a", "no address of a node")]
    [InlineData("[ff02::1]:/a", "no address of a node")]
    [InlineData("s1:7001:/a s1:7001:/b", "port 7001 on s1 is given to /a and /b")]
    [InlineData("s1:7000:/a", "port 7000 is given to s1:/a and to the pool")]
    public void Every_rule_is_named(string words, string reason)
    {
        (var groups, PoolUnit? breaker) = PoolGrammar.Parse(words.Split(' '), new PoolNode("here"));
        Refused(new Pool("pool2", SamplePools.Id) { Groups = groups, TieBreaker = breaker, Port = 7000 }, reason);
    }

    [Theory]
    [InlineData("node-1")]
    [InlineData("node1.example.org")]
    [InlineData("1st")]
    [InlineData("10.0.0.1")]
    [InlineData("[fd98::1]")]
    public void Nodes_have_names_that_clients_can_use(string name)
    {
        (var groups, _) = PoolGrammar.Parse([$"{name}:/a"], new PoolNode("here"));
        Assert.Empty(PoolRules.Check(new Pool("pool2", SamplePools.Id) { Groups = groups }));
    }

    [Fact]
    public void Lengths_have_limits()
    {
        Pool pool = SamplePools.Of("lone unit");
        Refused(pool.SelectUnits(unit => unit with { Path = "/" + new string('p', PoolRules.MaxPath) }), "longer than");
        Refused(pool.SelectUnits(unit => unit with { Path = "/" + new string('日', PoolRules.MaxPath - 1) }), "bytes together");
        Refused(pool with { Groups = [new DistributeGroup(GroupKind.Disperse, [.. Enumerable.Range(1, 19).Select(number => new PoolUnit(new PoolNode($"s{number}"), "/a"))]) { Redundancy = 2 }] }, "16 of them for data");
        Refused(pool with { Groups = [new DistributeGroup(GroupKind.Disperse, [.. Enumerable.Range(1, 3).Select(number => new PoolUnit(new PoolNode($"s{number}"), "/a"))]) { Redundancy = 1 << 30 }] }, "less than half");
        Refused(pool.SelectUnits(unit => unit with { Node = new PoolNode(new string('h', PoolRules.MaxHostName + 1)) }),
            "nor a host name");
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("x", "")]
    [InlineData("a.b", "x")]
    [InlineData("x", "a\nb")]
    public void Credentials_go_into_volfiles(string name, string password) =>
        Refused(SamplePools.Of("lone unit") with { Credentials = new PoolCredentials(name, password) },
            "auth: username and password");

    [Fact]
    public void Credentials_that_are_made_are_good_and_never_the_same()
    {
        Pool pool = SamplePools.Of("lone unit") with { Credentials = PoolCredentials.Create() };
        Assert.Empty(PoolRules.Check(pool));
        Assert.NotEqual(pool.Credentials, PoolCredentials.Create());
    }

    [Fact]
    public void What_is_wrong_is_said_in_few_words()
    {
        string huge = new('x', 1 << 20);
        Pool pool = SamplePools.Of("distributed replica") with { Name = huge };
        pool = pool.SelectUnits(unit => unit with { Path = huge, Node = new PoolNode(huge, huge) });
        Assert.InRange(Assert.Throws<PoolException>(() => PoolRules.Require(pool)).Message.Length, 1, 20_000);
    }

    [Fact]
    public void A_redundancy_is_for_disperse_groups()
    {
        Pool pool = SamplePools.Of("replica 3");
        Refused(pool with { Groups = [pool.Groups[0] with { Redundancy = 1 }] }, "which is for disperse groups");
    }

    [Fact]
    public void One_node_may_have_a_whole_group_when_somebody_insists() =>
        Assert.Empty(
            PoolRules.Check(
                SamplePools.Of("replica 3").SelectUnits(unit => unit with { Node = new PoolNode("one") }), mayShareNodes: true));

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        Pool pool = SamplePools.Of("replica 3") with { Name = "", Id = Guid.Empty };
        Assert.Equal(2, Assert.Throws<PoolException>(() => PoolRules.Require(pool)).Problems.Length);
    }

    private static void Refused(Pool pool, string reason) =>
        Assert.Contains(PoolRules.Check(pool), problem => problem.Contains(reason, StringComparison.Ordinal));
}
