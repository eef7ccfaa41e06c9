using System.Text;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Tests.Pools;

namespace KadaluFsd.Volgen.Tests.Graphs;

public class GraphOverlayTests
{
    [Fact]
    public void Layers_are_put_in_taken_out_and_set()
    {
        Volfile graph = Build("""
            {"graph": "client", "changes": [
              {"insert": {"name": "{pool}-trace", "type": "debug/trace", "options": {"log-file": "yes"}}, "above": "features/utime"},
              {"insert": {"name": "{pool}-sink", "type": "debug/delay-gen", "each": "unit"}, "above": "protocol/client"},
              {"remove": "performance/quick-read"},
              {"set": "performance/io-threads", "options": {"thread-count": "32"}},
              {"set": "features/utime", "options": {"noatime": null}},
              {"set": "cluster/replicate", "options": {"read-hash-mode": "1"}}]}
            """.Replace("{pool}-sink", "{pool}-slow-{unit}", StringComparison.Ordinal));
        Assert.Equal("pool2-utime", string.Join(' ', graph.Find("pool2-trace")!.Subvolumes));
        Assert.Equal("pool2-trace", string.Join(' ', graph.Find("pool2-write-behind")!.Subvolumes));
        Assert.Equal("pool2-slow-0 pool2-slow-1 pool2-slow-2", string.Join(' ', graph.Find("pool2-replicate-0")!.Subvolumes));
        Assert.Equal("pool2-client-0,pool2-client-1,pool2-client-2", graph.Find("pool2-replicate-0")!["afr-pending-xattr"]);
        Assert.Empty(graph.OfType("performance/quick-read"));
        Assert.Equal("32", graph.Find("pool2-io-threads")!["thread-count"]);
        Assert.Null(graph.Find("pool2-utime")!["noatime"]);
        Assert.Equal("1", graph.Find("pool2-replicate-0")!["read-hash-mode"]);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("""{"graph": "clint", "changes": []}""", "\"clint\" is none of client, unit")]
    [InlineData("""{"graph": "client"}""", "\"changes\" is not an array")]
    [InlineData("""{"graph": "client", "changes": [{"set": "a/b"}]}""", "changes[0]: \"options\" is not an object")]
    [InlineData("""{"graph": "client", "changes": [{"drop": "a/b"}]}""", "changes[0]: \"drop\" is none of insert, above, below")]
    [InlineData(
        """{"graph": "client", "changes": [{"insert": {"name": "x", "type": "a/b"}, "above": "a/b", "below": "a/b"}]}""",
        "changes[0]: \"above\" and \"below\": one of them says where")]
    [InlineData(
        """{"graph": "client", "changes": [{"insert": {"name": "x", "type": "a/b", "when": "mirror !tsl"}, "above": "a/b"}]}""",
        "changes[0]: \"tsl\" is none of the facts of conditions: arbiter, arbiter-unit")]
    [InlineData(
        """{"graph": "client", "changes": [{"set": "a/b", "options": {"x": {"value": "y", "when": ["mirror", "miror"]}}}]}""",
        "changes[0].options.x: \"miror\" is none of the facts of conditions")]
    [InlineData("""{"graph": "client", "graph": "unit", "changes": []}""", "graph is there twice")]
    [InlineData("""{"graph": "client", "changes": [{"set": "a/b", "set": "c/d"}]}""", "changes[0].set is there twice")]
    [InlineData(
        """{"graph": "client", "changes": [{"insert": {"name": "x", "type": "a/b", "switch": "debug.foo"}, "above": "a/b"}]}""",
        "changes[0]: \"debug.foo\" is no pool option that switches a layer")]
    [InlineData("""{"graph": "client", "changes": ["a"]}""", "changes[0] is not an object")]
    [InlineData(
        """{"graph": "client", "changes": [{"remove": "performance/quickread"}]}""", "there is no layer performance/quickread")]
    [InlineData("""{"graph": "client", "changes": [{"set": "a/b", "options": {}}]}""", "there is no layer a/b")]
    [InlineData("""{"graph": "client", "changes": [{"insert": {"name": "x", "type": "a/b"}}]}""", "\"below\" is not a text")]
    [InlineData(
        """{"graph": "client", "changes": [{"insert": {"name": "x", "type": "a/b", "each": "unit"}, "above": "features/utime"}]}""", "a layer for each Unit stands above")]
    [InlineData(
        """{"graph": "client", "changes": [{"insert": {"name": "x", "type": "a/b", "each": "unit", "options": {"o": "\ud800"}}, "above": "protocol/client"}]}""", "not a text")]
    [InlineData(
        """{"graph": "client", "changes": [{"insert": {"name": "x", "type": "a/b", "each": "unit"}, "above": "protocol/client"}]}""", "3 volumes would be called x")]
    public void What_is_none_is_refused_with_the_place(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<GraphDocumentException>(() => Build(json)).Message, StringComparison.Ordinal);

    private static Volfile Build(string json) => GraphBuilder.Build(
        GraphOverlay.Parse("10-mine.json", Encoding.UTF8.GetBytes(json)).Apply(GraphDocument.Default(GraphDocument.Client)),
        new GraphSubject(SamplePools.Of("replica 3")));
}
