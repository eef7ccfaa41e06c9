using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>An export of NFS-Ganesha, by the FSAL for GlusterFS, which looks for volfiles on port 24007 and nowhere else.</summary>
/// <param name="Name">Its path for NFS clients, without the slash at the beginning.</param>
/// <param name="Host">The volfile server.</param>
/// <param name="Volume">The key of the volfile.</param>
internal sealed record GaneshaExport(string Name, string Host, string Volume);

/// <summary>NFS-Ganesha as Debian ships it.</summary>
internal sealed class Ganesha : IAsyncDisposable
{
    private readonly Process _process;
    private readonly int _port;

    private Ganesha(Process process, int port) => (_process, _port) = (process, port);

    /// <summary>Starts it, and waits until each export can be listed.</summary>
    internal static async Task<Ganesha> StartAsync(Workspace workspace, params GaneshaExport[] exports)
    {
        int port = Ports.Free();
        string configuration = workspace.Path("ganesha.conf");
        string log = workspace.Path("ganesha.log");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            NFS_CORE_PARAM { NFS_Port = {{port}}; NFS_Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }
            NFSV4 { Graceless = true; RecoveryBackend = fs; }

            """ + string.Concat(exports.Select((export, index) => Block(export, index + 1))));
        Process process = Command.Start(
            "ganesha.nfsd", ["-F", "-f", configuration, "-L", log, "-p", workspace.Path("ganesha.pid")]);
        Ganesha started = workspace.Own(new Ganesha(process, port));
        foreach (GaneshaExport export in exports)
        {
            await Until.SeesAsync(
                $"the export {export.Name} can be listed", () => Command.RunAsync("nfs-ls", started.UrlOf(export.Name, "")),
                listed => listed.ExitCode == 0, () => File.Exists(log) ? File.ReadAllText(log) : "");
        }

        return started;
    }

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
        string file = workspace.Path("received");
        await Command.MustAsync("nfs-cp", UrlOf(export, name), file);
        return await File.ReadAllBytesAsync(file);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private string UrlOf(string export, string name) =>
        $"nfs://127.0.0.1/{export}/{name}?version=4&nfsport={_port.ToString(CultureInfo.InvariantCulture)}";

    private static string Block(GaneshaExport export, int number) => $$"""
        EXPORT {
            Export_Id = {{number}}; Path = "/"; Pseudo = "/{{export.Name}}"; Protocols = 4; Transports = TCP; SecType = sys;
            Access_Type = RW; Squash = No_root_squash;
            FSAL { Name = GLUSTER; Hostname = "{{export.Host}}"; Volume = "{{export.Volume}}"; }
        }

        """;
}
