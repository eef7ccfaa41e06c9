using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Stock programs that are their own GlusterFS client through libgfapi.</summary>
public sealed class GfapiTests : IntegrationTest
{
    private const string Fetched = "fetched volfile \"pool1\"";

    [Fact]
    public async Task Qemu_keeps_its_disk_while_its_volfile_server_restarts_and_hears_of_changes_after_that()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        string port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        UnitProcess server = await UnitProcess.StartGatewayAsync(Workspace, "before", "--listen", $"127.0.0.1:{port}");
        await Command.MustAsync("qemu-img", "create", "-q", "-f", "raw", $"gluster://127.0.0.1:{port}/pool1/disk.img", "4M");

        string log = Workspace.Path("gfapi.log");
        using Process qemu = Command.Start(
            "qemu-io",
            ["--image-opts",
                $"driver=raw,file.driver=gluster,file.volume=pool1,file.path=disk.img,file.server.0.type=inet,file.server.0.host=127.0.0.1,file.server.0.port={port},file.debug=7,file.logfile={log}"]);
        try
        {
            await TellAsync(qemu, "write -P 65 0 4k", "wrote 4096/4096 bytes at offset 0");
            await server.KillAsync();
            await TellAsync(qemu, "write -P 66 4k 4k", "wrote 4096/4096 bytes at offset 4096");

            UnitProcess again = await UnitProcess.StartGatewayAsync(Workspace, "after", "--listen", $"127.0.0.1:{port}");
            await Until.LoggedAsync("qemu's connection has fetched its volfile from the new server", again.Log, Fetched);

            await WriteVolfileAsync("pool1", ClientVolfile.Single(unit).Replace(
                "type debug/io-stats", "type debug/io-stats\n    option latency-measurement on", StringComparison.Ordinal));
            await Until.LoggedAsync("qemu's connection takes the changed option", log, "latency-measurement using set value on");
            await TellAsync(qemu, "read -v -P 66 4k 4k", "read 4096/4096 bytes at offset 4096");
        }
        finally
        {
            qemu.Kill();
            await qemu.WaitForExitAsync();
        }
    }

    private static async Task TellAsync(Process qemu, string command, string expected)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        await qemu.StandardInput.WriteLineAsync(command.AsMemory(), limit.Token);
        await qemu.StandardInput.FlushAsync(limit.Token);
        while (await qemu.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            Assert.DoesNotContain("failed", line, StringComparison.OrdinalIgnoreCase);
            if (line.Contains(expected, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"qemu-io ended: {await qemu.StandardError.ReadToEndAsync(limit.Token)}");
    }
}
