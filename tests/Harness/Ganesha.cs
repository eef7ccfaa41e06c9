using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>An export of NFS-Ganesha, by the FSAL for GlusterFS.</summary>
/// <param name="Name">Its path for NFS clients of every version, without the slash at the beginning.</param>
/// <param name="Host">The volfile server, on port 24007 unless the FSAL is one that knows others.</param>
/// <param name="Volume">The key of the volfile.</param>
/// <param name="More">More parameters of the FSAL's block, each with its semicolon.</param>
internal sealed record GaneshaExport(string Name, string Host, string Volume, string More = "");

/// <summary>
/// NFS-Ganesha as Debian ships it, for NFS versions 3 and 4, with a D-Bus and an rpcbind of its own in a mount namespace of its own.
/// </summary>
internal sealed class Ganesha : IAsyncDisposable
{
    private const string Fsal = "/usr/lib/x86_64-linux-gnu/ganesha/libfsalgluster.so";

    private readonly GaneshaMachine _machine;
    private readonly string _configuration;
    private readonly int _port = Ports.Free();
    private readonly int _mountPort = Ports.Free();
    private Process? _process;

    private readonly string _pidFile;

    private Ganesha(Workspace workspace, GaneshaMachine machine, string root)
    {
        _machine = machine;
        _configuration = Path.Combine(root, "etc/ganesha/ganesha.conf");
        Log = workspace.Path("ganesha.log");
        _pidFile = Path.Combine(root, "run/ganesha/ganesha.pid");
    }

    internal string Log { get; }

    /// <summary>Starts it, and waits until each export can be listed.</summary>
    internal static Task<Ganesha> StartAsync(Workspace workspace, params GaneshaExport[] exports) =>
        StartAsync(workspace, null, exports);

    /// <summary>Starts it with another FSAL for GlusterFS, and waits until each export can be listed.</summary>
    internal static async Task<Ganesha> StartAsync(Workspace workspace, string? fsal, params GaneshaExport[] exports)
    {
        Ganesha started = await StartWithAsync(
            workspace, workspace.Root, string.Concat(exports.Select((export, index) => Block(export, index + 1))), fsal: fsal);
        foreach (GaneshaExport export in exports)
        {
            await started.ServesAsync(export.Name);
        }

        return started;
    }

    /// <summary>Starts it on a node with pools, with the exports that pool commands make.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="pools">The pools; their commands find its D-Bus.</param>
    /// <param name="hasBus">Whether there is a D-Bus.</param>
    internal static async Task<Ganesha> StartForAsync(Workspace workspace, PoolHarness pools, bool hasBus = true)
    {
        string fragments = Directory.CreateDirectory(Path.Combine(pools.Root, "etc/ganesha/kadalu.d")).FullName;
        Ganesha started = await StartWithAsync(workspace, pools.Root, $"%dir \"{fragments}/*.conf\"", hasBus);
        pools.Set(started.Bus);
        return started;
    }

    /// <summary>Starts it, and waits until it says that it is there.</summary>
    /// <param name="workspace">The test's.</param>
    /// <param name="root">What its configuration and its pid file are below.</param>
    /// <param name="exports">What its configuration says of exports.</param>
    /// <param name="hasBus">Whether there is a D-Bus.</param>
    /// <param name="fsal">Another FSAL for GlusterFS; null for Debian's.</param>
    /// <param name="prepare">Changes its mounts before it starts; null for nothing.</param>
    internal static async Task<Ganesha> StartWithAsync(
        Workspace workspace, string root, string exports, bool hasBus = true, string? fsal = null,
        Func<MountNamespace, Task>? prepare = null)
    {
        GaneshaMachine machine = await GaneshaMachine.StartAsync(workspace, hasBus);
        if (fsal is not null)
        {
            await machine.Namespace.MustAsync("mount", "--bind", fsal, Fsal);
        }

        await (prepare?.Invoke(machine.Namespace) ?? Task.CompletedTask);
        Ganesha ganesha = workspace.Own(new Ganesha(workspace, machine, root));
        Directory.CreateDirectory(Path.GetDirectoryName(ganesha._configuration)!);
        Directory.CreateDirectory(Path.GetDirectoryName(ganesha._pidFile)!);
        await File.WriteAllTextAsync(
            ganesha._configuration,
            $$"""
            NFS_CORE_PARAM {
                NFS_Port = {{ganesha._port}}; MNT_Port = {{ganesha._mountPort}}; NFS_Protocols = 3, 4;
                Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false;
            }
            NFSV4 { Graceless = true; RecoveryBackend = fs; }
            {{exports}}

            """);
        await ganesha.StartAsync();
        return ganesha;
    }

    /// <summary>Waits until an export can be listed.</summary>
    internal Task ServesAsync(string export) => Until.SeesAsync(
        $"the export {export} can be listed", () => Command.RunAsync("nfs-ls", UrlOf(export, "")),
        listed => listed.ExitCode == 0, () => File.Exists(Log) ? File.ReadAllText(Log) : "");

    /// <summary>Waits until there is no such export.</summary>
    internal Task ServesNotAsync(string export) => Until.SeesAsync(
        $"the export {export} is gone", () => Command.RunAsync("nfs-ls", UrlOf(export, "")),
        listed => listed.ExitCode != 0, () => File.ReadAllText(Log));

    /// <summary>Writes a file by NFS; at most 4,000 bytes, since Debian's libnfs writes one small piece over version 4.</summary>
    internal async Task WriteAsync(Workspace workspace, string export, string name, byte[] content)
    {
        string file = workspace.Path("sent");
        await File.WriteAllBytesAsync(file, content);
        await Command.MustAsync("nfs-cp", file, UrlOf(export, name));
    }

    /// <summary>Reads a file by NFS.</summary>
    internal async Task<byte[]> ReadAsync(Workspace workspace, string export, string name)
    {
        // It is not replaced.
        string file = workspace.Path("received");
        File.Delete(file);
        await Command.MustAsync("nfs-cp", UrlOf(export, name), file);
        return await File.ReadAllBytesAsync(file);
    }

    /// <summary>The URL of a file for libnfs.</summary>
    internal string UrlOf(string export, string name, int version = 4) => string.Create(
        CultureInfo.InvariantCulture,
        $"nfs://127.0.0.1/{export}/{name}?version={version}&nfsport={_port}&mountport={_mountPort}");

    /// <summary>Where pool commands find its D-Bus.</summary>
    internal (string Name, string Value) Bus => ("DBUS_SYSTEM_BUS_ADDRESS", _machine.BusAddress);

    public ValueTask DisposeAsync() => _process is null ? ValueTask.CompletedTask : Command.EndAsync(_process);

    private async Task StartAsync()
    {
        _process = _machine.Namespace.Start(
            new Dictionary<string, string> { [Bus.Name] = Bus.Value },
            "ganesha.nfsd", "-F", "-f", _configuration, "-L", Log, "-p", _pidFile);
        await Until.LoggedAsync("NFS-Ganesha has started", Log, "NFS SERVER INITIALIZED");
    }

    /// <summary>The EXPORT block of an export.</summary>
    internal static string Block(GaneshaExport export, int number) => $$"""
        EXPORT {
            Export_Id = {{number}}; Path = "/{{export.Name}}"; Pseudo = "/{{export.Name}}"; Protocols = 3, 4; Transports = TCP;
            SecType = sys; Access_Type = RW; Squash = No_root_squash;
            FSAL { Name = GLUSTER; Hostname = "{{export.Host}}"; Volume = "{{export.Volume}}"; Volpath = "/"; {{export.More}} }
        }

        """;
}
