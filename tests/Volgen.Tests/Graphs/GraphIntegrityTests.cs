using System.Text;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;
using KadaluFsd.Volgen.Tests.Pools;

namespace KadaluFsd.Volgen.Tests.Graphs;

/// <summary>Overlays and options cannot make another pool's unit of a graph, or take copies for each other.</summary>
public class GraphIntegrityTests
{
    public static TheoryData<string> Kinds => [.. SamplePools.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_graph_of_every_pool_is_whole(string kind)
    {
        Pool pool = SamplePools.Of(kind);
        foreach (
            string graph in GraphDocument.Kinds.Where(
                graph => graph != GraphDocument.Unit && (graph != GraphDocument.HealDaemon || pool.CanHeal)))
        {
            Check(pool, graph, null);
        }

        Assert.All(pool.Units, unit => Check(pool, GraphDocument.Unit, null, unit));
    }

    [Theory]
    [InlineData("storage/posix.directory", "/etc", "would serve /etc, not /exports/pool2/s1")]
    [InlineData("storage/posix.volume-id", "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b12", "would be of the volume")]
    [InlineData("features/index.index-base", "/etc", "would not be in the unit")]
    [InlineData("protocol/client.remote-host", "elsewhere", "would go to elsewhere:")]
    [InlineData("protocol/client.remote-subvolume", "/other", "not to server1:")]
    [InlineData("protocol/client.remote-port", "1", "not to server1:")]
    [InlineData("cluster/replicate.volume-id", "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b12", "would be of the volume")]
    [InlineData("cluster/replicate.afr-pending-xattr", "a,b,c", "would mark what is to be healed for a,b,c")]
    [InlineData("cluster/replicate.arbiter-count", "1", "would have 1 arbiters")]
    public void What_makes_a_pool_what_it_is_cannot_be_set(string option, string value, string reason)
    {
        Pool pool = SamplePools.Of("replica 3");
        pool = pool with { Options = pool.Options.Add(option, value) };
        string graph = option.StartsWith("storage", StringComparison.Ordinal) ||
            option.StartsWith("features", StringComparison.Ordinal) ? GraphDocument.Unit : GraphDocument.Client;
        Assert.Contains(
            reason, Assert.Throws<VolfileException>(() => Check(pool, graph, null, pool.Members.First())).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unit", """{"remove": "storage/posix"}""", "volumes of type storage/posix")]
    [InlineData("unit", """{"remove": "protocol/server"}""", "ends with a protocol/server")]
    [InlineData("unit", """{"remove": "debug/io-stats"}""", "no volume is called /exports/pool2/s1")]
    [InlineData("unit", """{"remove": "features/locks"}""", "there is no features/locks, without which clients cannot use a unit")]
    [InlineData("unit", """{"remove": "features/index"}""", "there is no features/index, without which nothing is healed")]
    [InlineData("unit", """{"set": "storage/posix", "options": {"directory": "/etc"}}""", "would serve /etc")]
    [InlineData("unit", """{"set": "storage/posix", "options": {"directory": null}}""", "no option directory")]
    [InlineData("unit", """{"insert": {"each": "unit", "name": "x", "type": "debug/null"}, "below": "storage/posix"}""", "")]
    [InlineData(
        "unit", """{"insert": {"each": "unit", "name": "a b", "type": "debug/trace"}, "above": "storage/posix"}""",
        "cannot be the name of a volume")]
    [InlineData("client", """{"remove": "cluster/replicate"}""", "there is no cluster/replicate pool2-replicate-0")]
    [InlineData("client", """{"remove": "protocol/client"}""", "")]
    [InlineData("client", """{"set": "cluster/replicate", "options": {"volume-id": null}}""", "would be of the volume")]
    [InlineData(
        "client",
        """{"insert": {"each": "pool", "name": "x", "type": "storage/posix", "options": {"directory": "/etc"}}, "above": "debug/io-stats"}""", "a client has no storage/posix")]
    [InlineData(
        "client",
        """{"insert": {"each": "unit", "name": "{pool}-other-{unit}", "type": "protocol/client", "options": {"remote-host": "x"}}, "above": "protocol/client"}""", "more connections than units")]
    public void Overlays_change_everything_else(string graph, string change, string reason)
    {
        Pool pool = SamplePools.Of("replica 3");
        Exception? thrown = Record.Exception(
            () => Check(pool, graph, $$"""{"graph": "{{graph}}", "changes": [{{change}}]}""", pool.Members.First()));
        Assert.True(thrown is VolfileException or GraphDocumentException, $"{thrown}");
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../tmp/evil")]
    [InlineData("tmp/../evil")]
    [InlineData("/tmp/evil")]
    [InlineData("a/b/c")]
    [InlineData("a")]
    [InlineData("debug/TRACE")]
    [InlineData("debug/trace\\u0000")]
    [InlineData("debug/tr ace")]
    public void A_type_is_no_path(string type) =>
        Assert.Contains("is not a translator's type", Assert.Throws<GraphDocumentException>(() => GraphOverlay.Parse(
        "mine",
        Encoding.UTF8.GetBytes(
            $$$"""{"graph": "client", "changes": [{"insert": {"name": "x", "type": "{{{type}}}"}, "above": "features/utime"}]}"""))).Message, StringComparison.Ordinal);

    [Fact]
    public void Harmless_overlays_pass() => Check(SamplePools.Of("replica 3"), GraphDocument.Client, """
        {"graph": "client", "changes": [{"insert": {"name": "{pool}-trace", "type": "debug/trace"}, "above": "features/utime"}, {"remove": "performance/quick-read"},
          {"set": "cluster/replicate", "options": {"read-hash-mode": "1"}}, {"insert": {"each": "unit", "name": "{layers}-slow-{unit}", "type": "debug/delay-gen"}, "above": "protocol/client"}]}
        """);

    private static void Check(Pool pool, string kind, string? overlay, PoolMember? unit = null)
    {
        var document = GraphDocument.Default(kind);
        document = overlay is null ? document : GraphOverlay.Parse("mine", Encoding.UTF8.GetBytes(overlay)).Apply(document);
        var subject = new GraphSubject(pool) { Unit = kind == GraphDocument.Unit ? unit : null };
        GraphIntegrity.Require(
            PoolOptions.Apply(GraphBuilder.Build(document, subject), kind, pool, subject.Unit?.Unit), kind, subject);
    }
}
