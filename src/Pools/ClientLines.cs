using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using KadaluFsd.Contract;
using KadaluFsd.Pools.Exports;
using KadaluFsd.Volgen;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Pools;

/// <summary>What each kind of client is given to reach a pool, ready to be pasted. Upper-case words are for the reader to replace.</summary>
/// <param name="pool">The pool.</param>
/// <param name="exportNumber">The Export_Id for NFS-Ganesha.</param>
public sealed class ClientLines(Pool pool, int exportNumber = NfsExport.FirstNumber)
{
    private readonly int _port = PortOf(pool);
    private readonly string[] _servers = [.. pool.Members.Select(member => member.Unit.Node.Name).Distinct()];

    /// <summary>The port for volfiles that all nodes of a pool have: its own, or the one that every unit of a node listens on.</summary>
    public static int PortOf(Pool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return pool.Port > 0 ? pool.Port : DefaultPorts.Node;
    }

    /// <summary>Where volfiles are fetched: <c>HOST:PORT</c> of each node, with brackets around an IPv6 address.</summary>
    public string[] Addresses => [.. _servers.Select(server => GlusterAddress.WithPort(server, _port))];

    /// <summary>The command that mounts it with <c>mount -t kadalu</c>.</summary>
    public string Mount => $"mount -t kadalu {(pool.Port > 0 ? $"-o port={Text(_port)} " : "")}{Source} DIR";

    /// <summary>A line of fstab(5).</summary>
    public string Fstab => $"{Source} DIR kadalu _netdev{(pool.Port > 0 ? $",port={Text(_port)}" : "")} 0 0";

    /// <summary>The command that mounts it with GlusterFS's own helper, which knows no brackets.</summary>
    public string StockMount =>
        $"mount -t glusterfs -o server-port={Text(_port)} {string.Join(',', _servers)}:/{pool.Name} DIR";

    /// <summary>Calls of libgfapi, in C.</summary>
    public string Gfapi =>
        $"glfs_t *fs = glfs_new(\"{pool.Name}\");\n" +
        string.Concat(_servers.Select(server => $"glfs_set_volfile_server(fs, \"tcp\", \"{server}\", {Text(_port)});\n")) +
        "glfs_init(fs);";

    /// <summary>An image for QEMU. Its URIs have one server each.</summary>
    public string QemuUri => $"gluster+tcp://{GlusterAddress.WithPort(_servers[0], _port)}/{pool.Name}/IMAGE";

    /// <summary>An image for QEMU with all servers, in the form of its <c>json:</c> names.</summary>
    public string QemuJson => "json:" + new JsonObject
    {
        ["driver"] = "raw",
        ["file"] = new JsonObject
        {
            ["driver"] = "gluster",
            ["volume"] = pool.Name,
            ["path"] = "IMAGE",
            ["server"] = new JsonArray(
                [.. _servers.Select(server => new JsonObject { ["type"] = "inet", ["host"] = server, ["port"] = Text(_port) })]),
        },
    }.ToJsonString();

    /// <summary>A disk of a libvirt domain.</summary>
    public string Libvirt => new XElement(
        "disk", new XAttribute("type", "network"), new XAttribute("device", "disk"),
        new XElement("driver", new XAttribute("name", "qemu"), new XAttribute("type", "raw")),
        new XElement(
            "source", new XAttribute("protocol", "gluster"), new XAttribute("name", $"{pool.Name}/IMAGE"),
            _servers.Select(server => new XElement("host", new XAttribute("name", server), new XAttribute("port", Text(_port))))),
        new XElement("target", new XAttribute("dev", "vda"), new XAttribute("bus", "virtio"))).ToString();

    /// <summary>A share of smb.conf(5).</summary>
    public string Samba => new SambaShare(pool.Name, pool.Name, pool.Id.ToString(), SambaServers).Section.TrimEnd('\n');

    /// <summary>The servers as Samba's vfs_glusterfs(8) takes them.</summary>
    public string SambaServers => string.Join(' ', Addresses);

    /// <summary>The servers as the FSAL of nfs-ganesha-kadalu takes them.</summary>
    public string ServerList => string.Join(", ", Addresses);

    /// <summary>
    /// An export of NFS-Ganesha, which asks port 24007: of the units' alias, or a gateway's on its own machine. By the pool's id, since
    /// it takes pools of one name for one.
    /// </summary>
    public string Ganesha => Export(pool.Options.GetValueOrDefault(PoolChecks.Alias) ?? PoolNfs.Gateway);

    /// <summary>The same for the FSAL of the package nfs-ganesha-kadalu, which asks the pool's own servers.</summary>
    public string GaneshaWithPackage => Export(ServerList);

    /// <summary>All of it as people read it.</summary>
    public string Describe() => string.Join('\n', new (string Title, string Text)[]
    {
        ("Volfile servers", string.Join('\n', Addresses)),
        ("A mount (needs packaging/mount.kadalu as /sbin/mount.kadalu)", Mount),
        ("A line of /etc/fstab", Fstab),
        ("A mount with GlusterFS's own helper", StockMount),
        ("libgfapi", Gfapi),
        ("QEMU: an image, by one server", QemuUri),
        ("QEMU: an image, by all servers (between single quotes in a shell)", QemuJson),
        ("libvirt", Libvirt),
        ("Samba, smb.conf (or: kadalu pool export smb)", Samba),
        ("NFS-Ganesha (or: kadalu pool export nfs), which asks a gateway or the units' alias", Ganesha),
        ("NFS-Ganesha, with the package nfs-ganesha-kadalu", GaneshaWithPackage),
    }.Select(part => $"# {part.Title}\n{part.Text}\n"));

    private string Export(string servers) =>
        new NfsExport(exportNumber, pool.Name, pool.Id.ToString(), servers, $"/{pool.Name}").Block.TrimEnd('\n');

    private string Source => $"{string.Join(',', _servers.Select(GlusterAddress.BeforePort))}:/{pool.Name}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
