using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>NFS-Ganesha as Debian ships it, which looks for volfiles on port 24007 and nowhere else.</summary>
public sealed class GaneshaTests : IntegrationTest
{
    [Fact]
    public async Task It_exports_a_pool_through_the_gateway()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        UnitProcess gateway = await UnitProcess.StartGatewayAsync(Workspace, "gateway");
        string port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        string configuration = Workspace.Path("ganesha.conf");
        string log = Workspace.Path("ganesha.log");
        await File.WriteAllTextAsync(configuration, Configuration(port));
        using Process ganesha = Command.Start(
            "ganesha.nfsd", ["-F", "-f", configuration, "-L", log, "-p", Workspace.Path("ganesha.pid")]);
        try
        {
            Command? listed = null;
            await Until.SoAsync(
                "the export can be listed",
                () =>
                    (
                        listed = Command.RunAsync("nfs-ls", $"nfs://127.0.0.1/pool1/?version=4&nfsport={port}")
                        .GetAwaiter().GetResult()).ExitCode == 0,
                () => $"{listed?.Error}{(File.Exists(log) ? File.ReadAllText(log) : "")}");

            // Debian's libnfs writes no more than one small piece over NFS version 4.
            string file = Workspace.Path("sent");
            await File.WriteAllBytesAsync(file, [.. Enumerable.Range(0, 1000).Select(number => (byte)number)]);
            string url = $"nfs://127.0.0.1/pool1/file?version=4&nfsport={port}";
            await Command.MustAsync("nfs-cp", file, url);
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(Path.Combine(unit.Directory, "file")));

            string back = Workspace.Path("back");
            await Command.MustAsync("nfs-cp", url, back);
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(back));
            Assert.Contains("fetched volfile \"pool1\"", gateway.LogText, StringComparison.Ordinal);
        }
        finally
        {
            ganesha.Kill();
            await ganesha.WaitForExitAsync();
        }
    }

    private static string Configuration(string port) => $$"""
        NFS_CORE_PARAM { NFS_Port = {{port}}; NFS_Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; }
        NFSV4 { Graceless = true; RecoveryBackend = fs; }
        EXPORT {
            Export_Id = 1; Path = "/"; Pseudo = "/pool1"; Protocols = 4; Transports = TCP; SecType = sys;
            Access_Type = RW; Squash = No_root_squash;
            FSAL { Name = GLUSTER; Hostname = "127.0.0.1"; Volume = "pool1"; }
        }
        """;
}
