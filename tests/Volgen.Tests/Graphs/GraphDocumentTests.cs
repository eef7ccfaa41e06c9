using System.Text;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Pools;
using KadaluFsd.Volgen.Tests.Pools;

namespace KadaluFsd.Volgen.Tests.Graphs;

public class GraphDocumentTests
{
    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "it is not an object")]
    [InlineData("{}", "\"layers\" is not an array")]
    [InlineData("""{"layers": 1}""", "layers is not an array")]
    [InlineData("""{"layers": [null]}""", "layers[0]: not an object")]
    [InlineData("""{"layers": []}""", "no layers in it")]
    [InlineData("""{"layers": [1]}""", "layers[0] is not an object")]
    [InlineData("""{"layers": [{"name": "a"}]}""", "\"type\" is not a text")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "color": "red"}]}""", "layers[0]: \"color\" is none of each, name, type, when, switch, setting, off, options")]
    [InlineData(
        """{"layers": [{"name": "a", "type": "a/b", "each": "node"}]}""", "\"node\" is none of unit, tie-breaker, group, pool")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "when": 1}]}""", "layers[0].when is neither a text nor a list of texts")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "when": ["a", 1]}]}""", "layers[0].when is neither a text nor a list of texts")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "when": null}]}""", "layers[0].when is neither a text nor a list of texts")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "off": 1}]}""", "layers[0].off is neither true nor false")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "switch": null}]}""", "\"switch\" is not a text")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "setting": "x"}]}""", "layers[0]: \"setting\" without \"switch\"")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "switch": "a.b", "setting": "!"}]}""", "\"setting\" is not a text")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "switch": "a.b", "setting": "!!x"}]}""", "\"!!x\" has more than one !")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "options": {"x": 1}}]}""", "layers[0].options.x is neither a text nor")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "options": {"x": [1]}}]}""", "layers[0].options.x is neither a text nor")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "options": {"x": {"value": 1}}}]}""", "layers[0].options.x is neither a text nor")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "options": {"x": {"when": "tls"}}}]}""", "layers[0].options.x: \"value\" is not a text")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "options": {"x": {"value": "y", "if": "tls"}}}]}""", "layers[0].options.x: \"if\" is none of value, when")]
    [InlineData("{\"layers\": [\n{\"name\": \"a\", \"type\": \"a/b\", \"options\": {\"x\": {]}", "line 2: not JSON")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "options": {"x.y": 1}}]}""", "x.y")]
    [InlineData(
        """{"layers": [{"name": "a", "type": "a/b"}, {"name": "c", "type": "c/d", "each": "unit"}]}""",
        "a layer for each Unit stands above one for each Pool")]
    public void What_is_none_is_refused_with_the_place(string json, string reason) =>
        Assert.Contains(
            reason,
            Assert.Throws<GraphDocumentException>(() => GraphDocument.Parse("mine", Encoding.UTF8.GetBytes(json))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(
        """{"layers": [{"name": "{nothing}", "type": "a/b", "options": {"x": "y"}}]}""",
        "{nothing} means nothing for a layer of each Pool")]
    [InlineData(
        """{"layers": [{"name": "a", "type": "a/b", "options": {"x": "{port}"}}]}""",
        "{port} means nothing for a layer of each Pool")]
    [InlineData("""{"layers": [{"name": "a", "type": "a/b", "when": "disperse"}]}""", "no layer of it is for the pool pool2")]
    public void What_makes_no_graph_is_refused(string json, string reason)
    {
        var document = GraphDocument.Parse("mine", Encoding.UTF8.GetBytes(json));
        Assert.Contains(
            reason,
            Assert.Throws<GraphDocumentException>(() =>
                GraphBuilder.Build(document, new GraphSubject(SamplePools.Of("replica 3")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mirror", true)]
    [InlineData("mirror !tie-breaker", true)]
    [InlineData("mirror tie-breaker", false)]
    [InlineData("!mirror", false)]
    [InlineData("", true)]
    public void Conditions_are_lists_of_facts(string condition, bool holds) =>
        Assert.Equal(holds, GraphCondition.Parse(condition).Holds(new HashSet<string> { "mirror" }));

    [Fact]
    public void One_of_several_lists_is_enough() =>
        Assert.True(GraphCondition.Parse("disperse", "mirror").Holds(new HashSet<string> { "mirror" }));

    [Theory]
    [InlineData("performance.quick-read", "off", "performance/quick-read", false)]
    [InlineData("performance.quick-read", "on", "performance/quick-read", true)]
    [InlineData("performance.read-ahead", "enable", "performance/read-ahead", true)]
    [InlineData("performance.io-cache", "no", "performance/io-cache", false)]
    public void Options_take_layers_in_and_out(string option, string value, string type, bool isThere)
    {
        Pool pool = SamplePools.Of("replica 3");
        Volfile graph =
            GraphBuilder.Build(
                GraphDocument.Default(GraphDocument.Client),
                new GraphSubject(pool with { Options = pool.Options.Add(option, value) }));
        Assert.Equal(isThere, graph.OfType(type).Any());
        Assert.Equal("pool2", graph.Top.Name);
    }

    [Fact]
    public void Clients_of_another_network_are_given_other_names()
    {
        var subject = new GraphSubject(SamplePools.Of("replica 3"));
        Volfile graph =
            GraphBuilder.Build(
                GraphDocument.Default(GraphDocument.Client),
                subject with { Hosts = subject.Hosts.Add("server2", "server2-b"), Facts = [GraphSubject.Tls] });
        Assert.Equal(
            ["server1", "server2-b", "server3"], graph.OfType("protocol/client").Select(volume => volume["remote-host"]));
        Assert.All(graph.OfType("protocol/client"), volume => Assert.Equal("on", volume["transport.socket.ssl-enabled"]));
    }

    [Theory]
    [InlineData("tie-breaker")]
    [InlineData("disperse")]
    public void A_pools_own_clients_say_who_they_are_and_others_do_not(string kind)
    {
        Pool pool = SamplePools.Of(kind) with { Credentials = new PoolCredentials("user", "secret") };
        Volfile unit =
            GraphBuilder.Build(GraphDocument.Default(GraphDocument.Unit), new GraphSubject(pool) { Unit = pool.Units.Last() });
        Assert.Equal(
            ("user", "secret"),
            (unit.Top[$"auth.login.{pool.Units.Last().Unit.Path}.allow"], unit.Top["auth.login.user.password"]));
        foreach ((string graph, string[] facts, bool isTold) in new (string, string[], bool)[]
        {
            (GraphDocument.HealDaemon, [], true), (GraphDocument.Rebalance, [], true),
            (GraphDocument.Client, [GraphSubject.Trusted], true), (GraphDocument.Client, [], false),
        })
        {
            Volfile built = GraphBuilder.Build(GraphDocument.Default(graph), new GraphSubject(pool) { Facts = [.. facts] });
            Assert.All(built.OfType("protocol/client"), client =>
                Assert.Equal(isTold ? ("user", "secret") : (null, null), (client["username"], client["password"])));
        }

        Assert.DoesNotContain(
            "secret",
            VolfilePrinter.Print(GraphBuilder.Build(GraphDocument.Default(GraphDocument.Client), new GraphSubject(pool))),
            StringComparison.Ordinal);
    }

    public static TheoryData<string> Pools => [.. SamplePools.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Pools))]
    public void Every_graph_of_every_pool_is_a_volfile_when_it_is_printed(string kind)
    {
        Pool pool = SamplePools.Of(kind);
        IEnumerable<Volfile> graphs = GraphDocument.Kinds.Where(graph =>
            graph != GraphDocument.Unit && (graph != GraphDocument.HealDaemon || pool.Groups[0].Kind != GroupKind.Distribute))
            .Select(graph => GraphBuilder.Build(GraphDocument.Default(graph), new GraphSubject(pool)))
            .Concat(pool.Units.Select(
                unit => GraphBuilder.Build(GraphDocument.Default(GraphDocument.Unit), new GraphSubject(pool) { Unit = unit })));
        Assert.All(graphs, graph => Assert.Equal(graph, VolfileParser.Parse(VolfilePrinter.Print(graph))));
    }

    [Theory]
    [MemberData(nameof(Pools))]
    public void Every_connection_notices_a_unit_that_hangs(string kind)
    {
        Pool pool = SamplePools.Of(kind);
        Assert.All(GraphDocument.Kinds.Where(graph => graph != GraphDocument.Unit), graph =>
        {
            Volume[] connections =
                [.. GraphBuilder.Build(GraphDocument.Default(graph), new GraphSubject(pool)).OfType("protocol/client")];
            Assert.Equal(pool.Units.Count(), connections.Length);
            Assert.All(connections, connection => Assert.Equal("10", connection["ping-timeout"]));
        });
    }

    // A heal daemon that has it, and clients that do not know the directory in which it keeps what is being moved, would show
    // that to people.
    [Theory]
    [InlineData("replica 2")]
    [InlineData("arbiter")]
    [InlineData("tie-breaker")]
    [InlineData("distributed replica")]
    public void Everything_that_mirrors_knows_where_the_heal_keeps_what_is_being_moved(string kind)
    {
        Pool pool = SamplePools.Of(kind);
        Assert.All(GraphDocument.Kinds.Where(graph => graph != GraphDocument.Unit), graph => Assert.All(
            GraphBuilder.Build(GraphDocument.Default(graph), new GraphSubject(pool)).OfType("cluster/replicate"),
            group => Assert.Equal(("yes", SamplePools.IdText), (group["use-anonymous-inode"], group["volume-id"]))));
        Assert.All(
            GraphBuilder.Build(GraphDocument.Default(GraphDocument.Client), new GraphSubject(pool)).OfType("cluster/replicate"),
            group => Assert.Equal("off", group["entry-self-heal"]));
        Assert.All(
            GraphBuilder.Build(GraphDocument.Default(GraphDocument.HealDaemon), new GraphSubject(pool))
            .OfType("cluster/replicate"), group => Assert.Equal("on", group["entry-self-heal"]));
    }

    [Theory]
    [InlineData("x", "", "off")]
    [InlineData("x", "on", "on")]
    [InlineData("!x", "", "on")]
    [InlineData("!x", "on", "off")]
    public void A_switch_with_a_setting_keeps_its_layer(string setting, string option, string expected)
    {
        var document = GraphDocument.Parse("mine", Encoding.UTF8.GetBytes(
            $$"""{"layers": [{"name": "a", "type": "a/b", "switch": "a.b", "setting": "{{setting}}", "off": true}]}"""));
        Pool pool = SamplePools.Of("replica 3");
        Volume layer = Assert.Single(GraphBuilder.Build(document, new GraphSubject(
            option.Length == 0 ? pool : pool with { Options = pool.Options.SetItem("a.b", option) })).Volumes);
        Assert.Equal(expected, layer["x"]);
    }

    [Fact]
    public void A_tie_breaker_has_marks_and_nothing_to_heal()
    {
        Pool pool = SamplePools.Of("tie-breaker");
        Volfile unit =
            GraphBuilder.Build(GraphDocument.Default(GraphDocument.Unit), new GraphSubject(pool) { Unit = pool.Units.Last() });
        Assert.Equal(
            ["storage/posix", "features/thin-arbiter", "features/locks", "performance/io-threads", "debug/io-stats",
                "protocol/server"], unit.Volumes.Select(volume => volume.Type));
    }
}
