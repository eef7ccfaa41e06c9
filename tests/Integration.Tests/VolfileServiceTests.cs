using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;
using Xunit.Abstractions;

namespace KadaluFsd.Integration.Tests;

/// <summary>What stock clients make of our volfile service.</summary>
public sealed class VolfileServiceTests(ITestOutputHelper output) : IntegrationTest
{
    private const string Changed = "Volume file changed";

    [Fact]
    public async Task A_changed_option_reaches_a_mount_and_an_unchanged_file_does_not()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.Equal(0, Until.Count(mount.Log, Changed));

        await ReplaceAsync("pool1", ClientVolfile.Single(unit));
        await ReplaceAsync(
            "pool1",
            ClientVolfile.Single(unit)
            .Replace("type debug/io-stats", "type debug/io-stats\n    option log-level DEBUG", StringComparison.Ordinal));
        TimeSpan heard = await Until.LoggedAsync("the mount hears of the changed option", mount.Log, Changed);
        TimeSpan effect = await Until.SoAsync("the mount logs at level DEBUG", () =>
        {
            // Any operation makes lines of level D, once the client logs them.
            _ = Directory.GetFileSystemEntries(mount.Path);
            return Until.Count(mount.Log, "] D [") > 0;
        }, () => mount.LogText);
        output.WriteLine(
            $"heard after {heard.TotalMilliseconds:F0} ms, in effect after {(heard + effect).TotalMilliseconds:F0} ms");
        Assert.Equal(1, Until.Count(mount.Log, Changed));
        await File.WriteAllTextAsync(mount.In("file"), "still mounted");
    }

    [Fact]
    public async Task The_pool_port_answers_as_long_as_one_unit_of_the_node_lives()
    {
        string poolPort = Ports.Free().ToString(CultureInfo.InvariantCulture);
        UnitDefinition first = await UnitDefinition.CreateAsync(Workspace, "pool1", "u1");
        UnitDefinition second = await UnitDefinition.CreateAsync(Workspace, "pool1", "u2");
        await WriteVolfileAsync("pool1", ClientVolfile.Mirror([first, second]));
        UnitProcess one = await UnitProcess.StartAsync(Workspace, first, "--pool-port", poolPort);
        await UnitProcess.StartAsync(Workspace, second, "--pool-port", poolPort);
        await FetchManyAsync(poolPort);
        await one.KillAsync();
        await FetchManyAsync(poolPort);

        FuseMount mount = await FuseMount.CreateAsync(Workspace, int.Parse(poolPort, CultureInfo.InvariantCulture), "pool1");
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(second.Directory, "file")));
    }

    [Theory]
    [InlineData(0, 1)]
    [LongData(1, 0)]
    [LongData(2, 1)]
    public async Task A_mount_that_loses_one_server_and_then_another_follows_the_third(int firstToDie, int secondToDie)
    {
        string[] hosts = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
        string port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        UnitDefinition[] units =
        [
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u1"),
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u2"),
            await UnitDefinition.CreateAsync(Workspace, "mirror", "u3"),
        ];
        await WriteVolfileAsync("mirror", ClientVolfile.Mirror(units, hosts));
        await Task.WhenAll(units.Select(unit => UnitProcess.StartAsync(Workspace, unit)));

        // On one machine three gateways stand for the pool's port on three nodes.
        UnitProcess[] servers = await Task.WhenAll(hosts.Select(
            (host, index) =>
                UnitProcess.StartGatewayAsync(Workspace, $"server{index}", "--listen", $"{host}:{port}", "--pool-port", port)));
        FuseMount mount =
            await FuseMount.CreateAsync(Workspace, int.Parse(port, CultureInfo.InvariantCulture), "mirror", hosts[0]);

        await servers[firstToDie].KillAsync();
        await servers[secondToDie].KillAsync();
        UnitProcess last = servers[3 - firstToDie - secondToDie];
        TimeSpan reconnected = await Until.SoAsync(
            "the mount has fetched its volfile from the third server",
            () => last.LogText.Contains("fetched volfile", StringComparison.Ordinal), () => mount.LogText);
        int before = Until.Count(mount.Log, Changed);
        await ReplaceAsync(
            "mirror",
            ClientVolfile.Mirror(units, hosts)
            .Replace("type debug/io-stats", "type debug/io-stats\n    option log-level DEBUG", StringComparison.Ordinal));
        TimeSpan heard = await Until.LoggedAsync(
            "the mount hears of the changed option from the third server", mount.Log, Changed, before);
        ClientMatrix.Note(RealClient.Fuse.Words, ClientMatrix.Column.ServerLost);
        output.WriteLine(
            $"reconnected after {reconnected.TotalSeconds:F1} s, heard of the change after {heard.TotalMilliseconds:F0} ms");
    }

    [Fact]
    public async Task Mount_without_a_port_goes_through_the_gateway()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        UnitProcess gateway = await UnitProcess.StartGatewayAsync(Workspace, "gateway");
        FuseMount mount = FuseMount.Expect(Workspace);
        await Command.MustAsync("mount", "-t", "glusterfs", "-o", $"log-file={mount.Log}", "127.0.0.1:/pool1", mount.Path);
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "file")));
        Assert.Contains("fetched volfile \"pool1\"", gateway.LogText, StringComparison.Ordinal);
        await mount.DisposeAsync();
        Assert.Equal(0, await gateway.StopAsync());
        ClientMatrix.Note("FUSE mount | gateway", ClientMatrix.Column.Connects);
    }

    [Fact]
    public async Task A_client_whose_volfile_names_no_port_asks_for_it()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string text = await File.ReadAllTextAsync(unit.Volfile);
        await WriteVolfileAsync(
            "pool1.node.unit", text.Replace("listen-port 49253", $"listen-port {unit.Port}", StringComparison.Ordinal));
        string withoutPort = string.Join(
            '\n', ClientVolfile.Single(unit).Split('\n').Where(line => !line.Contains("remote-port", StringComparison.Ordinal)));
        await WriteVolfileAsync("pool1", withoutPort);
        await UnitProcess.StartAsync(Workspace, unit);
        await UnitProcess.StartGatewayAsync(Workspace, "gateway");
        FuseMount mount = await FuseMount.CreateAsync(Workspace, 24007, "pool1");
        await Until.SoAsync("the mount can be written to", () => TryWrite(mount.In("file")), () => mount.LogText);
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "file")));
    }

    private static bool TryWrite(string path)
    {
        try
        {
            File.WriteAllText(path, "x");
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task FetchManyAsync(string port)
    {
        for (int fetch = 0; fetch < 20; fetch++)
        {
            await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{port}", "pool1");
        }
    }

    private async Task ReplaceAsync(string key, string text)
    {
        string path = Path.Combine(Workspace.Create("volfiles"), key + ".vol");
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
