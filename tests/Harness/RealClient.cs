using System.Globalization;

namespace KadaluFsd.Harness;

/// <summary>A kind of client, and how it reaches a pool.</summary>
/// <param name="Words">What it is called in the client matrix: client, transport.</param>
/// <param name="Program">Its source in native/clients.</param>
/// <param name="Piece">How many bytes a call of it can have.</param>
internal sealed record RealClient(string Words, string Program, int Piece)
{
    private const int Large = 256 * 1024;

    // Debian's libnfs cannot write more at once over version 4.
    private const int SmallForNfs4 = 3000;

    internal static readonly RealClient Fuse = new("FUSE mount | pool's port", "posix", Large);
    internal static readonly RealClient Gfapi = new("libgfapi | tcp, pool's port", "gfapi", Large);
    internal static readonly RealClient GfapiUnix = new("libgfapi | unix socket of a gateway", "gfapi", Large);
    internal static readonly RealClient QemuTcp = new("QEMU | gluster+tcp, pool's port", "", Large);
    internal static readonly RealClient QemuUnix = new("QEMU | gluster+unix, socket of a gateway", "", Large);
    internal static readonly RealClient Samba = new("Samba | pool's port", "smb", Large);
    internal static readonly RealClient Nfs3 = new("NFS-Ganesha, NFSv3 | gateway", "nfs", Large);
    internal static readonly RealClient Nfs4 = new("NFS-Ganesha, NFSv4 | gateway", "nfs", SmallForNfs4);
    internal static readonly RealClient PatchedNfs3 = new("NFS-Ganesha with nfs-ganesha-kadalu, NFSv3 | pool's port", "nfs", Large);
    internal static readonly RealClient PatchedNfs4 = new("NFS-Ganesha with nfs-ganesha-kadalu, NFSv4 | pool's port", "nfs", SmallForNfs4);

    /// <summary>All that native/clients knows, by their members' names.</summary>
    internal static readonly IReadOnlyDictionary<string, RealClient> Workers = new Dictionary<string, RealClient>
    {
        [nameof(Fuse)] = Fuse,
        [nameof(Gfapi)] = Gfapi,
        [nameof(GfapiUnix)] = GfapiUnix,
        [nameof(Samba)] = Samba,
        [nameof(Nfs3)] = Nfs3,
        [nameof(Nfs4)] = Nfs4,
        [nameof(PatchedNfs3)] = PatchedNfs3,
        [nameof(PatchedNfs4)] = PatchedNfs4,
    };

    /// <summary>Starts what stands between the client and a started pool, and prepares the client.</summary>
    internal async Task<ClientWork> StartAsync(Workspace workspace, PoolHarness pools, string pool)
    {
        int port = (int)(await pools.StatusAsync(pool))["port"]!;
        string server = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        string log = workspace.Path("client.log");
        if (this == Fuse)
        {
            FuseMount mount = await pools.MountAsync(pool);
            return await ClientWork.OfAsync(workspace, Program, mount.Path, pools.MountLog(pool));
        }

        string target = this switch
        {
            _ when this == Gfapi => $"{pool}@tcp:{server}",
            _ when this == GfapiUnix => $"{pool}@unix:{await pools.StartGatewayAsync()}",
            _ when this == Samba =>
                (await Harness.Samba.StartAsync(workspace, Harness.Samba.Share(pool, server, log))).TargetOf(pool),
            _ => await StartGaneshaAsync(workspace, pools, pool, server, log),
        };
        return await ClientWork.OfAsync(workspace, Program, target, log);
    }

    private async Task<string> StartGaneshaAsync(Workspace workspace, PoolHarness pools, string pool, string server, string log)
    {
        string more = $"glfs_log = \"{log}\";";
        Ganesha ganesha;
        if (this == PatchedNfs3 || this == PatchedNfs4)
        {
            ganesha = await Ganesha.StartAsync(workspace, GaneshaPackage.Library(), new GaneshaExport(pool, server, pool, more));
        }
        else
        {
            await pools.StartGatewayAsync();
            ganesha = await Ganesha.StartAsync(workspace, new GaneshaExport(pool, "127.0.0.1", pool, more));
        }

        return ganesha.UrlOf(pool, "", this == Nfs3 || this == PatchedNfs3 ? 3 : 4);
    }
}
