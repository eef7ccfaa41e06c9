using System.Text;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Pools;

public class PoolDocumentTests
{
    public static TheoryData<string> Kinds => [.. SamplePools.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_written_is_read_again(string kind)
    {
        Pool pool = SamplePools.Of(kind) with { Port = 7000 };
        pool = pool with { Options = pool.Options.Add("performance.io-cache", "on"), Credentials = PoolCredentials.Create() };
        Assert.Equal(pool, PoolDocument.Read(PoolDocument.Write(pool)));
    }

    // A pool's revision is the digest of these bytes: another line end, and every pool is one that somebody has edited.
    [Fact]
    public void What_is_written_stays_the_same_to_the_byte()
    {
        var pool = new Pool("pool1", Guid.Parse("9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11"))
        {
            Port = 7000,
            Revision = 2,
            Layers = new PoolLayers("pool1", HasDistribute: true, 4, 1),
            Groups = [new DistributeGroup(
                GroupKind.Arbiter,
                [new PoolUnit(new PoolNode("s1", "n1"), "/data/\u00e4<", 24200) { Number = 0 }, new PoolUnit(new PoolNode("s2"), "/b"),
                    new PoolUnit(new PoolNode("s3"), "/c")]) { Number = 0 }],
            TieBreaker = new PoolUnit(new PoolNode("s4"), "/d"),
            Options = SamplePools.Of("distribute").Options.Clear().Add("b.x", "1").Add("a.y", "on"),
            Credentials = new PoolCredentials("user", "word"),
        };
        Assert.Equal(
            """
            {
              "name": "pool1",
              "id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11",
              "port": 7000,
              "revision": 2,
              "layers": {
                "name": "pool1",
                "distribute": true,
                "next_unit": 4,
                "next_group": 1
              },
              "distribute_groups": [
                {
                  "number": 0,
                  "type": "Arbiter",
                  "replica_count": 3,
                  "arbiter_count": 1,
                  "storage_units": [
                    {
                      "number": 0,
                      "path": "/data/\u00E4\u003C",
                      "port": 24200,
                      "node": {
                        "name": "s1",
                        "id": "n1"
                      }
                    },
                    {
                      "path": "/b",
                      "port": 0,
                      "node": {
                        "name": "s2",
                        "id": ""
                      }
                    },
                    {
                      "path": "/c",
                      "port": 0,
                      "node": {
                        "name": "s3",
                        "id": ""
                      }
                    }
                  ]
                }
              ],
              "tiebreaker": {
                "path": "/d",
                "port": 0,
                "node": {
                  "name": "s4",
                  "id": ""
                }
              },
              "options": {
                "a.y": "on",
                "b.x": "1"
              },
              "auth": {
                "username": "user",
                "password": "word"
              }
            }

            """, Encoding.UTF8.GetString(PoolDocument.Write(pool)));
    }

    [Fact]
    public void Documents_of_Kadalus_generator_say_their_kind_by_counts()
    {
        Pool pool = Read("""
            {"name": "vol1", "id": "e79048bf-ac4d-47cf-8d1f-0a07366ff1ea", "state": "Started", "metrics": {"health": "Up"},
             "tiebreaker": {"path": "/exports/ta", "port": 2407, "node": "server7"},
             "distribute_groups": [{"replica_count": 2, "storage_units": [
                {"path": "/exports/vol1/s1", "port": 4501, "node": {"name": "server1", "id": "n1"}, "type": ""},
                {"path": "/exports/vol1/s2", "node": {"name": "server2"}}]}]}
            """);
        Assert.Equal(GroupKind.Mirror, pool.Groups[0].Kind);
        Assert.Equal(new PoolUnit(new PoolNode("server1", "n1"), "/exports/vol1/s1", 4501), pool.Groups[0].Units[0]);
        Assert.Equal(new PoolUnit(new PoolNode("server2"), "/exports/vol1/s2"), pool.Groups[0].Units[1]);
        Assert.Equal(new PoolUnit(new PoolNode("server7"), "/exports/ta", 2407), pool.TieBreaker);
    }

    [Theory]
    [InlineData("""{"redundancy_count": 1}""", GroupKind.Disperse)]
    [InlineData("""{"type": "disperse", "disperse_count": 3, "redundancy_count": 1}""", GroupKind.Disperse)]
    [InlineData("""{"replica_count": 3, "arbiter_count": 1}""", GroupKind.Arbiter)]
    [InlineData("""{"type": "Arbiter", "replica_count": 2, "arbiter_count": 1}""", GroupKind.Arbiter)]
    [InlineData("""{"type": "Replicate", "replica_count": 3}""", GroupKind.Mirror)]
    [InlineData("""{}""", GroupKind.Distribute)]
    public void Kinds_are_told_by_type_or_counts(string group, GroupKind kind) =>
        Assert.Equal(
            kind,
            Read(
                $$"""{"name": "p", "id": "{{SamplePools.Id}}", "tiebreaker": {"node": "", "path": "", "port": 0}, "distribute_groups": [{{group}}]}""").Groups[0].Kind);

    [Theory]
    [InlineData("[]", "the definition is not an object")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"type": ""}]}""",
        "distribute_groups[0].type is there and says nothing")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"type": null}]}""",
        "distribute_groups[0].type is there and says nothing")]
    [InlineData("""{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "layers": 1}""", "layers is not an object")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "layers": {"distribute": 1}}""",
        "layers.distribute is neither true nor false")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"number": -1}]}""",
        "distribute_groups[0].number is not a whole number")]
    [InlineData("""{"name": "\ud800"}""", "name is not a text")]
    [InlineData("""{"\ud800": 1}""", "a text is none")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"storage_units": [{"path": "/a", "node": 7}]}]}""",
        "distribute_groups[0].storage_units[0].node is neither a name nor an object")]
    [InlineData("""{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [null]}""", "distribute_groups[0] is not")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"replica_count": 3, "storage_units": [{"path": "/a", "node": "s1"}, {"path": "/a", "node": "s2"}]}]}""", "replica_count is 3, and it has 2 storage units")]
    [InlineData("{\n\"name\": ", "line 2: not JSON")]
    [InlineData("""{"id": "x"}""", "\"x\" is not a UUID")]
    [InlineData("""{"name": 1, "id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11"}""", "name is not a text")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": {}}""", "distribute_groups is not an array")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"type": "raid"}]}""",
        "distribute_groups[0].type: \"raid\" is none of")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"storage_units": [{"path": "/a"}]}]}""",
        "distribute_groups[0].storage_units[0]: no node")]
    [InlineData(
        """{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "distribute_groups": [{"replica_count": 1.5}]}""",
        "distribute_groups[0].replica_count is not a whole number")]
    [InlineData("""{"id": "9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11", "options": {"a": 1}}""", "options.a is not a text")]
    public void What_is_none_is_refused_with_the_place(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<PoolException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static Pool Read(string json) => PoolDocument.Read(Encoding.UTF8.GetBytes(json));
}
