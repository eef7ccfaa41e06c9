using System.Text;
using KadaluFsd.Volgen.Import;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Volgen.Tests.Import;

/// <summary>With what glusterd 10.3 has printed (samples/glusterd/info).</summary>
public class GlusterVolumeTests
{
    private static readonly Dictionary<string, string> s_none = [];

    [Theory]
    [InlineData("plain", GroupKind.Distribute, 1, 1, 0)]
    [InlineData("dist", GroupKind.Distribute, 2, 1, 0)]
    [InlineData("mirror3", GroupKind.Mirror, 1, 3, 0)]
    [InlineData("distrep", GroupKind.Mirror, 2, 2, 0)]
    [InlineData("arb", GroupKind.Arbiter, 2, 3, 0)]
    [InlineData("disp", GroupKind.Disperse, 1, 3, 1)]
    public void Each_kind_of_volume_becomes_its_kind_of_pool(string name, GroupKind kind, int groups, int size, int redundancy)
    {
        GlusterVolume volume = Read(name, Sample(name));
        Pool pool = volume.ToPool(s_none, s_none);
        Assert.Equal(groups, pool.Groups.Length);
        Assert.All(pool.Groups, group => Assert.Equal((kind, size, redundancy), (group.Kind, group.Units.Length, group.Redundancy)));
        Assert.Equal(Enumerable.Range(0, groups * size), pool.Members.Select(member => member.Number));
        Assert.Equal(new PoolLayers(name, HasDistribute: true, groups * size, groups), pool.Layers);
        Assert.All(pool.Members, member => Assert.Equal("server1", member.Unit.Node.Name));
        Assert.Empty(PoolRules.Check(pool, mayShareNodes: true));
        Assert.False(volume.IsStarted);
    }

    [Fact]
    public void One_of_several_volumes_is_found_by_its_name_with_its_id_bricks_and_options()
    {
        GlusterVolume volume = Read("arb", Sample("all"));
        Assert.Equal(Guid.Parse("56a1a6cc-3f9a-4223-a2a5-b20ccfd36473"), volume.Id);
        Assert.Equal(
            ["/bricks/a4", "/bricks/a5", "/bricks/a6"], volume.Groups[1].Units.Select(unit => unit.Path));
        Assert.Equal("10.0.0.*", volume.Options["auth.allow"]);
        Assert.Contains("mirror3", Refuse("none", Sample("all")), StringComparison.Ordinal);
        Assert.True(Read("distrep", Sample("all")).IsStarted);
    }

    [Fact]
    public void Options_that_pools_do_not_have_are_found_and_what_holds_anyway_is_not_one_of_them()
    {
        GlusterVolume volume = Read("mirror3", Sample("mirror3"));
        Assert.True(volume.Options.ContainsKey("nfs.disable"));
        Assert.Equal(["user.note"], volume.FindUnknown(volume.ToPool(s_none, s_none)));
        string off = Sample("mirror3").Replace(
            "<name>nfs.disable</name>\n            <value>on</value>", "<name>nfs.disable</name>\n            <value>off</value>",
            StringComparison.Ordinal);
        volume = Read("mirror3", off);
        Assert.Equal(["nfs.disable", "user.note"], volume.FindUnknown(volume.ToPool(s_none, s_none)));
    }

    [Fact]
    public void Units_have_the_numbers_that_glusterd_gave_its_bricks_and_the_names_that_the_cluster_has_for_hosts()
    {
        GlusterVolume volume = Read("distrep", Sample("distrep"));
        Dictionary<string, string> ids = volume.Groups.SelectMany(group => group.Units)
            .Select((unit, place) => (unit.Address, Id: $"distrep-client-{place + 2}"))
            .ToDictionary(brick => brick.Address, brick => brick.Id);
        Pool pool = volume.ToPool(new Dictionary<string, string> { ["server1"] = "node1" }, ids);
        Assert.Equal([2, 3, 4, 5], pool.Members.Select(member => member.Number));
        Assert.Equal(6, pool.Layers!.NextUnit);
        Assert.All(pool.Members, member => Assert.Equal("node1", member.Unit.Node.Name));
        ids["server1:/bricks/dr3"] = "other-client-0";
        Assert.Contains(
            "other-client-0", Assert.Throws<PoolException>(() => volume.ToPool(s_none, ids)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<type>7</type>", "<type>1</type>", "cannot become pools")]
    [InlineData("<brickCount>6</brickCount>", "<brickCount>7</brickCount>", "brickCount is 7")]
    [InlineData("<replicaCount>3</replicaCount>", "<replicaCount>4</replicaCount>", "groups of 4")]
    [InlineData("<arbiterCount>1</arbiterCount>", "<arbiterCount>0</arbiterCount>", "other bricks are arbiters")]
    [InlineData("<transport>0</transport>", "<transport>1</transport>", "config.transport tcp")]
    [InlineData("<arbiterCount>1</arbiterCount>", "<arbiterCount>1</arbiterCount><thinArbiterCount>1</thinArbiterCount>", "thin arbiter")]
    [InlineData("<id>56a1a6cc", "<id>x", "not a UUID")]
    [InlineData("<name>server1:/bricks/a2</name>", "<name>a2</name>", "not a brick")]
    [InlineData("<status>0</status>", "", "has no <status>")]
    [InlineData("<opRet>0</opRet>", "<opRet>-1</opRet>", "gluster has failed")]
    [InlineData("<cliOutput>", "<!DOCTYPE cliOutput [<!ENTITY a SYSTEM \"/etc/passwd\">]><cliOutput>", "has a document type")]
    [InlineData("</cliOutput>", "", "not XML")]
    public void What_cannot_become_a_pool_is_refused_with_the_reason(string part, string changed, string reason)
    {
        string sample = Sample("arb");
        Assert.Contains(part, sample, StringComparison.Ordinal);
        Assert.Contains(reason, Refuse("arb", sample.Replace(part, changed, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_in_elements_without_end_are_refused_at_once()
    {
        string deep = $"<cliOutput>{string.Concat(Enumerable.Repeat("<a>", 200_000))}{string.Concat(Enumerable.Repeat("</a>", 200_000))}</cliOutput>";
        Assert.Contains("more than 100 deep", Refuse("none", deep), StringComparison.Ordinal);
        Assert.Contains("no <opRet>", Refuse("none", "<cliOutput/>"), StringComparison.Ordinal);
    }

    private static string Refuse(string name, string xml) => Assert.Throws<PoolException>(() => Read(name, xml)).Message;

    private static GlusterVolume Read(string name, string xml) => GlusterVolume.Read(Encoding.UTF8.GetBytes(xml), name);

    private static string Sample(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "samples", "glusterd", "info", $"{name}.xml"));
}
