using System.Text.Json.Nodes;
using System.Xml.Linq;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools.Tests;

/// <summary>What clients are given. That clients take it is for Integration.Tests.</summary>
public class ClientLinesTests
{
    private static readonly Pool s_pool = new("pool1", new Guid("9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11"))
    {
        Groups = [new DistributeGroup(GroupKind.Mirror, [Unit("server1", "/a"), Unit("server1", "/b"), Unit("fd00::2", "/c")])],
        Port = 24100,
    };

    private readonly ClientLines _lines = new(s_pool);

    [Fact]
    public void Each_node_is_a_server_once_and_IPv6_addresses_have_brackets_where_a_port_follows()
    {
        Assert.Equal(["server1:24100", "[fd00::2]:24100"], _lines.Addresses);
        Assert.Equal("mount -t kadalu -o port=24100 server1,[fd00::2]:/pool1 DIR", _lines.Mount);
        Assert.Equal("server1,[fd00::2]:/pool1 DIR kadalu _netdev,port=24100 0 0", _lines.Fstab);
        Assert.Equal("mount -t glusterfs -o server-port=24100 server1,fd00::2:/pool1 DIR", _lines.StockMount);
        Assert.Equal("gluster+tcp://server1:24100/pool1/IMAGE", _lines.QemuUri);
        Assert.Contains("glfs_set_volfile_server(fs, \"tcp\", \"fd00::2\", 24100);\n", _lines.Gfapi, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_without_a_port_of_its_own_is_reached_by_its_nodes()
    {
        var lines = new ClientLines(s_pool with { Port = 0 });
        Assert.Equal(["server1:24199", "[fd00::2]:24199"], lines.Addresses);
        Assert.Equal("mount -t kadalu server1,[fd00::2]:/pool1 DIR", lines.Mount);
        Assert.Equal("server1,[fd00::2]:/pool1 DIR kadalu _netdev 0 0", lines.Fstab);
    }

    [Fact]
    public void Documents_of_QEMU_and_libvirt_name_every_server()
    {
        JsonNode file = JsonNode.Parse(_lines.QemuJson["json:".Length..])!["file"]!;
        Assert.Equal(["server1 24100", "fd00::2 24100"], file["server"]!.AsArray().Select(server => $"{server!["host"]} {server["port"]}"));
        XElement source = XElement.Parse(_lines.Libvirt).Element("source")!;
        Assert.Equal("pool1/IMAGE", source.Attribute("name")!.Value);
        Assert.Equal(["server1", "fd00::2"], source.Elements("host").Select(host => host.Attribute("name")!.Value));
    }

    [Fact]
    public void Samba_and_Ganesha_have_their_own_words()
    {
        Assert.EndsWith("glusterfs:volfile_server = server1:24100 [fd00::2]:24100", _lines.Samba, StringComparison.Ordinal);
        Assert.Contains("Volume = \"9b0c1d1e-6e8f-4c62-8f8a-6a8b2d6a4b11\";", _lines.Ganesha, StringComparison.Ordinal);
        Assert.Contains("Hostname = \"server1:24100, [fd00::2]:24100\";", _lines.GaneshaWithPackage, StringComparison.Ordinal);
    }

    [Fact]
    public void People_read_all_of_it_with_the_commands_for_exports()
    {
        string text = _lines.Describe();
        Assert.StartsWith("# Volfile servers\nserver1:24100\n[fd00::2]:24100\n\n# A mount ", text, StringComparison.Ordinal);
        Assert.Contains($"\n# A line of /etc/fstab\n{_lines.Fstab}\n\n", text, StringComparison.Ordinal);
        Assert.Contains("(or: kadalu pool export smb)", text, StringComparison.Ordinal);
        Assert.EndsWith($"{_lines.GaneshaWithPackage}\n", text, StringComparison.Ordinal);
    }

    private static PoolUnit Unit(string node, string path) => new(new PoolNode(node), path, 24200);
}
