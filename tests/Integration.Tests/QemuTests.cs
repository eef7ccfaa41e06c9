using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>QEMU, which is its own GlusterFS client through libgfapi.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class QemuTests : IntegrationTest
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
        QemuIo qemu = QemuIo.Start(
            Workspace, "--image-opts",
            "driver=raw,file.driver=gluster,file.volume=pool1,file.path=disk.img,file.server.0.type=inet," +
            $"file.server.0.host=127.0.0.1,file.server.0.port={port},file.debug=7,file.logfile={log}");
        await qemu.WriteAsync(65, 0);
        await server.KillAsync();
        await qemu.WriteAsync(66, 1);

        UnitProcess again = await UnitProcess.StartGatewayAsync(Workspace, "after", "--listen", $"127.0.0.1:{port}");
        await Until.LoggedAsync("qemu's connection has fetched its volfile from the new server", again.Log, Fetched);

        await WriteVolfileAsync("pool1", ClientVolfile.Single(unit).Replace(
            "type debug/io-stats", "type debug/io-stats\n    option latency-measurement on", StringComparison.Ordinal));
        await Until.LoggedAsync("qemu's connection takes the changed option", log, "latency-measurement using set value on");
        await qemu.ReadAsync(66, 1);
    }

    [Fact]
    public async Task Images_are_made_changed_and_compared()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        string port = ((int)(await pools.StatusAsync("pool1"))["port"]!).ToString(CultureInfo.InvariantCulture);
        string socket = await pools.StartGatewayAsync();
        await Task.WhenAll(
            ImageLife.RunAsync(Workspace, name => $"gluster+tcp://127.0.0.1:{port}/pool1/tcp-{name}", bytes: 4 << 20),
            ImageLife.RunAsync(Workspace, name => $"gluster+unix:///pool1/unix-{name}?socket={socket}", bytes: 4 << 20));
        ClientMatrix.Note(RealClient.QemuTcp.Words, ClientMatrix.Column.Connects);
        ClientMatrix.Note(RealClient.QemuUnix.Words, ClientMatrix.Column.Connects);

        // Nobody is on the first server's port.
        string dead = Ports.Free().ToString(CultureInfo.InvariantCulture);
        string servers =
            string.Join(',', new[] { dead, port }.Select(one => $$"""{"type":"inet","host":"127.0.0.1","port":"{{one}}"}"""));
        string image = $$$"""{"driver":"gluster","volume":"pool1","path":"tcp-dense","server":[{{{servers}}}]}""";
        Assert.Contains(
            "raw", await Command.MustAsync("qemu-img", "info", $$"""json:{"driver":"raw","file":{{image}}}"""), StringComparison.Ordinal);
        ClientMatrix.Note(RealClient.QemuTcp.Words, ClientMatrix.Column.FirstServerDead);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_image_is_written_to_while_each_unit_is_restarted(bool isDisperse)
    {
        var pools = PoolHarness.Create(Workspace);
        var scenario = new ImageUnderRestarts(Workspace, pools, await Manifest.CompileAsync(Workspace));
        await scenario.RunAsync(isDisperse, isLocal: isDisperse, rounds: 1);
        string client = (isDisperse ? RealClient.QemuUnix : RealClient.QemuTcp).Words;
        ClientMatrix.Note(client, ClientMatrix.Column.OptionSet);
        ClientMatrix.Note(client, ClientMatrix.Column.UnitKilled);
    }
}
