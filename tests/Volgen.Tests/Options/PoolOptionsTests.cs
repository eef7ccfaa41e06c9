using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;
using KadaluFsd.Volgen.Tests.Pools;

namespace KadaluFsd.Volgen.Tests.Options;

public class PoolOptionsTests
{
    private static readonly UnitSettings s_settings = new(
        new HashSet<string> { "log-level", "metrics-listen" }, new HashSet<string> { "metrics-listen" },
        (name, value) => value == "wrong" ? $"unit.{name}: wrong" : null);

    private readonly Pool _pool = SamplePools.Of("replica 3");

    // As little as the tests need; the translators' own are asked in PoolOptionTests of Integration.Tests.
    private readonly PoolOptions _options = new(type => type switch
    {
        "protocol/client" => [new OptionRule(["ping-timeout"], "TIME") { Minimum = 0, Maximum = 1013 }],
        "debug/io-stats" => [new OptionRule(["log-level"], "STR") { Values = ["DEBUG", "INFO"] }],
        "performance/io-threads" => [new OptionRule(["thread-count"], "INT") { Minimum = 1, Maximum = 64 }],
        "cluster/replicate" =>
            [new OptionRule(["quorum-count"], "INT") { Minimum = 1, Maximum = int.MaxValue },
                new OptionRule(["read-subvolume"], "XLATOR")],
        "cluster/disperse" => [new OptionRule(["quorum-count"], "INT")],
        _ => [],
    }, s_settings);

    [Theory]
    [InlineData("network.ping-timeout", "10")]
    [InlineData("diagnostics.client-log-level", "DEBUG")]
    [InlineData("server2:/exports/pool2/s2.log-level", "DEBUG")]
    [InlineData("performance.quick-read", "off")]
    [InlineData("debug/io-stats.log-level", "DEBUG")]
    [InlineData("/exports/pool2/s2.log-level", "DEBUG")]
    [InlineData("unit.log-level", "DEBUG")]
    [InlineData("unit.metrics-listen", "127.0.0.1:9000")]
    [InlineData("server2:/exports/pool2/s2.unit.metrics-listen", "127.0.0.1:9000")]
    [InlineData("/exports/pool2/s2.unit.log-level", "DEBUG")]
    [InlineData("cluster.quorum-type", "whatever its translator, which is not here, would say")]
    public void Good_ones_pass(string name, string value) => Assert.Null(_options.Check(_pool, name, value));

    [Theory]
    [InlineData("[fd61::4]:/srv/u.unit.log-level")]
    [InlineData("fd61::4:/srv/u.unit.log-level")]
    [InlineData("/srv/u.unit.log-level")]
    public void A_unit_on_an_IPv6_address_is_called_with_or_without_brackets(string name)
    {
        Pool pool = new("pool1", Guid.NewGuid())
        {
            Groups = [new DistributeGroup(GroupKind.Distribute, [new PoolUnit(new PoolNode("fd61::4"), "/srv/u", 24200)])],
        };
        Assert.Equal("fd61::4:/srv/u.unit.log-level", PoolOptions.Canonical(pool, name));
    }

    [Theory]
    [InlineData("network.ping-timout", "10", "there is no option \"network.ping-timout\"; did you mean network.ping-timeout?")]
    [InlineData("network.ping-timeout", "2000", "network.ping-timeout: \"2000\" is not seconds from 0 to 1013")]
    [InlineData("performance.quick-read", "perhaps", "performance.quick-read: \"perhaps\" is not on|off")]
    [InlineData("debug/io-stats.log-lovel", "DEBUG", "debug/io-stats has no option \"log-lovel\"; did you mean log-level?")]
    [InlineData("debug/nothing.at-all", "1", "debug/nothing.at-all: debug/nothing is not installed")]
    [InlineData("unit.log-lovel", "DEBUG", "units have no setting \"log-lovel\" that a pool can set; did you mean unit.log-level?")]
    [InlineData("unit.port", "1", "units have no setting \"port\" that a pool can set")]
    [InlineData("unit.log-level", "wrong", "unit.log-level: wrong")]
    [InlineData("/exports/pool2/s2.unit.log-level", "wrong", "unit.log-level: wrong")]
    [InlineData("/exports/other.log-level", "DEBUG", "there is no option \"/exports/other.log-level\"")]
    public void Wrong_ones_are_refused_with_the_nearest(string name, string value, string reason) =>
        Assert.Equal(reason, _options.Check(_pool, name, value));

    [Theory]
    [InlineData("replica 2", "cluster.quorum-count", "3", false)]
    [InlineData("replica 2", "cluster.quorum-count", "2", true)]
    [InlineData("replica 3", "cluster.quorum-count", "3", true)]
    [InlineData("arbiter", "cluster.quorum-count", "4", false)]
    [InlineData("disperse", "disperse.quorum-count", "1", false)]
    [InlineData("disperse", "disperse.quorum-count", "2", true)]
    [InlineData("disperse", "disperse.quorum-count", "4", false)]
    [InlineData("replica 3", "cluster.read-subvolume", "5", false)]
    [InlineData("replica 3", "cluster.read-subvolume", "pool2-client-1", true)]
    [InlineData("distributed replica", "cluster.read-subvolume", "pool2-client-1", false)]
    [InlineData("replica 3", "cluster.read-subvolume-index", "3", false)]
    [InlineData("replica 3", "cluster.read-subvolume-index", "-1", true)]
    [InlineData("distribute", "cluster.subvols-per-directory", "3", false)]
    [InlineData("distribute", "cluster.subvols-per-directory", "2", true)]
    [InlineData("replica 3", "locks.mandatory-locking", "bogus", false)]
    [InlineData("replica 3", "locks.mandatory-locking", "forced", true)]
    [InlineData("replica 3", "features.retention-mode", "some", false)]
    [InlineData("replica 3", "features.auto-commit-period", "1h", false)]
    [InlineData("replica 3", "cluster.lock-migration", "on", false)]
    [InlineData("distribute", "cluster.lock-migration", "on", true)]
    [InlineData("distribute", "cluster.rebal-throttle", "fast", false)]
    [InlineData("distribute", "cluster.rebal-throttle", "lazy", true)]
    [InlineData("distribute", "storage.reserve", "99", true)]
    [InlineData("distribute", "storage.reserve", "101", false)]
    [InlineData("distribute", "storage.reserve", "10GB", true)]
    [InlineData("distribute", "cluster.lookup-optimize", "on", false)]
    [InlineData("replica 3", "cluster/distribute.lookup-optimize", "yes", false)]
    [InlineData("replica 3", "cluster.use-anonymous-inode", "off", false)]
    [InlineData("replica 3", "transport.listen-backlog", "-1", false)]
    public void What_one_pool_can_have_another_one_cannot(string kind, string name, string value, bool isGood)
    {
        PoolOptions options = new(
            type => type == "cluster/distribute" ? [new OptionRule(["lookup-optimize"], "BOOL")] : [], s_settings);
        Assert.Equal(isGood, options.Check(SamplePools.Of(kind), name, value) is null);
    }

    [Fact]
    public void The_least_of_two_sizes_is_not_the_greater_one()
    {
        Pool pool = With(("performance.cache-min-file-size", "2MB"), ("performance.cache-max-file-size", "1MB"));
        Assert.Contains(
            "is greater than", _options.Check(pool, "performance.cache-max-file-size", "1MB"), StringComparison.Ordinal);
        Assert.Null(_options.Check(pool, "performance.cache-max-file-size", "3MB"));
    }

    // Its rules would be looked for in that file, which is to say that it would be loaded.
    [Theory]
    [InlineData("../../../tmp/evil.option")]
    [InlineData("../evil/x.option")]
    [InlineData("a/../b.option")]
    [InlineData("/tmp/evil.option")]
    [InlineData("Cluster/replicate.option")]
    [InlineData("cluster/replicate\n.option")]
    public void What_is_no_translators_name_is_no_option(string name)
    {
        List<string> asked = [];
        Assert.Contains("there is no option", new PoolOptions(type =>
        {
            asked.Add(type);
            return [];
        }, s_settings).Check(_pool, name, "1"), StringComparison.Ordinal);
        Assert.Empty(asked);
    }

    [Fact]
    public void Units_of_one_node_cannot_have_the_same_of_what_only_one_can_have()
    {
        Pool crowded = SamplePools.Of("distribute");
        crowded = crowded.SelectUnits(unit => unit with { Node = new PoolNode("one") });
        Assert.Equal(
            "unit.metrics-listen: 2 units of one would have the same: set it for each, such as " +
            "one:/exports/pool2/s1.unit.metrics-listen",
            _options.Check(crowded, "unit.metrics-listen", "127.0.0.1:9000"));
        Assert.Null(_options.Check(crowded, "one:/exports/pool2/s1.unit.metrics-listen", "127.0.0.1:9000"));
        Assert.Null(_options.Check(crowded, "unit.log-level", "DEBUG"));
    }

    [Fact]
    public void A_node_whose_name_begins_like_a_setting_has_options_of_its_own()
    {
        Pool pool = _pool.SelectUnits(unit => unit with { Node = new PoolNode($"unit.{unit.Node.Name}") });
        PoolUnit first = pool.Units.First().Unit;
        pool = pool with { Options = pool.Options.Add($"{first.Address}.log-level", "DEBUG") };
        Assert.Empty(UnitSettings.Of(pool, first));
        Assert.Equal("log-level=DEBUG", PoolOptions.FindOwn(pool, first));
    }

    [Fact]
    public void Settings_of_units_are_for_their_processes_and_those_of_one_win()
    {
        Pool pool = With(
            ("unit.log-level", "DEBUG"), ("unit.metrics-listen", "127.0.0.1:1"),
            ("server2:/exports/pool2/s2.unit.metrics-listen", "127.0.0.1:2"), ("network.ping-timeout", "7"));
        PoolUnit[] units = [.. pool.Units.Select(member => member.Unit)];
        Assert.Equal(
            ["log-level=DEBUG", "metrics-listen=127.0.0.1:1"],
            UnitSettings.Of(pool, units[0]).Select(setting => $"{setting.Key}={setting.Value}"));
        Assert.Equal("127.0.0.1:2", UnitSettings.Of(pool, units[1])["metrics-listen"]);
        Assert.All(units, unit => Assert.Empty(PoolOptions.FindOwn(pool, unit)));
        Volfile graph = GraphBuilder.Build(
            GraphDocument.Default(GraphDocument.Unit), new GraphSubject(pool) { Unit = pool.Units.ElementAt(1) });
        Assert.Equal(graph, PoolOptions.Apply(graph, GraphDocument.Unit, pool, units[1]));
    }

    [Fact]
    public void Options_are_set_where_they_belong()
    {
        Pool pool =
            With(("network.ping-timeout", "10"), ("diagnostics.brick-log-level", "DEBUG"), ("auth.reject", "10.0.0.1"),
                ("performance.io-thread-count", "32"), ("cluster.heal-timeout", "60"));
        Volfile client = Build(GraphDocument.Client, pool, null);
        Assert.All(client.OfType("protocol/client"), volume => Assert.Equal("10", volume["ping-timeout"]));
        Assert.Null(client.Top["log-level"]);
        Assert.Equal("32", client.Find("pool2-io-threads")!["thread-count"]);
        Assert.Null(client.Find("pool2-replicate-0")!["heal-timeout"]);

        PoolMember first = pool.Members.First();
        Volfile unit = Build(GraphDocument.Unit, pool, first);
        Assert.Equal("DEBUG", unit.Find(first.Unit.Path)!["log-level"]);
        Assert.Equal("10.0.0.1", unit.Top[$"auth.addr.{first.Unit.Path}.reject"]);
        Assert.Equal("32", unit.Find("pool2-io-threads")!["thread-count"]);

        Volfile healDaemon = Build(GraphDocument.HealDaemon, pool, null);
        Assert.Equal("60", healDaemon.Find("pool2-replicate-0")!["heal-timeout"]);
        Assert.Equal("10", healDaemon.Find("pool2-client-0")!["ping-timeout"]);
    }

    [Fact]
    public void What_the_heal_daemon_heals_is_not_for_clients_to_turn_off()
    {
        Pool pool = With(("cluster.data-self-heal", "off"));
        Assert.Equal("off", Build(GraphDocument.Client, pool, null).Find("pool2-replicate-0")!["data-self-heal"]);
        Assert.Equal("on", Build(GraphDocument.HealDaemon, pool, null).Find("pool2-replicate-0")!["data-self-heal"]);
    }

    [Theory]
    [InlineData("/exports/pool2/s2.log-level")]
    [InlineData("server2:/exports/pool2/s2.log-level")]
    public void One_unit_alone_can_be_meant(string name)
    {
        Pool pool = With((name, "DEBUG"), ("diagnostics.brick-log-level", "INFO"));
        Assert.Equal(
            ["INFO", "DEBUG", "INFO"],
            pool.Members.Select(member => Build(GraphDocument.Unit, pool, member).Find(member.Unit.Path)!["log-level"]));
    }

    [Fact]
    public void Kadalus_names_are_known() => Assert.All(
        new[]
        {
            "diagnostics.client-log-level", "diagnostics.storage-unit-log-level", "performance.open-behind",
            "performance.write-behind", "performance.stat-prefetch",
            "performance.quick-read", "performance.client-io-threads", "performance.readdir-ahead",
        },
        name => Assert.NotEmpty(OptionNames.Find(name)));

    private Pool With(params (string Name, string Value)[] options) =>
        _pool with { Options = _pool.Options.AddRange(options.Select(option => KeyValuePair.Create(option.Name, option.Value))) };

    private static Volfile Build(string kind, Pool pool, PoolMember? member) =>
        PoolOptions.Apply(
            GraphBuilder.Build(GraphDocument.Default(kind), new GraphSubject(pool) { Unit = member }), kind, pool, member?.Unit);
}
