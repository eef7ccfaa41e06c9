using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Generated volfiles in the stock programs.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed partial class PoolVolfileTests : IntegrationTest
{
    [Theory]
    [InlineData("units:1")]
    [InlineData("units:2")]
    [InlineData("mirror 2 units:2")]
    [InlineData("mirror 2 units:2 tiebreaker ROOT/tie")]
    [InlineData("mirror 3 units:3")]
    [InlineData("mirror 2 arbiter 1 units:3")]
    [InlineData("data 2 redundancy 1 units:3")]
    [InlineData("mirror 3 units:6")]
    [InlineData("mirror 2 arbiter 1 units:6")]
    [InlineData("data 2 redundancy 1 units:6")]
    public async Task Stock_GlusterFS_loads_every_volfile_and_knows_every_option(string words)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", [.. words.Split(' '), "--no-start"]);
        string volfiles = Path.Combine(pools.Root, "var/lib/kadalu/volfiles");
        foreach (string volfile in Directory.GetFiles(volfiles, "pool1.*.vol"))
        {
            await RunStockAsync("glusterfsd", volfile);
        }

        FuseMount mount = FuseMount.Expect(Workspace);
        await Command.MustAsync(
            "glusterfs", "-f", Path.Combine(volfiles, "pool1.vol"), "-L", "DEBUG", "-l", Workspace.Path("client.log"), "-p",
            Workspace.Path("client.pid"), mount.Path);
        await File.WriteAllTextAsync(mount.In("file"), "text");
        Assert.Equal("text", await File.ReadAllTextAsync(mount.In("file")));
        string healDaemon = Path.Combine(volfiles, "shd.pool1.vol");
        Assert.Equal(!words.StartsWith("units", StringComparison.Ordinal), File.Exists(healDaemon));
        if (File.Exists(healDaemon))
        {
            await RunStockAsync("glusterfs", healDaemon);
        }

        // What GlusterFS does not know it says only when it is debugged (graph.c). Not ours are what it sets itself, and what it
        // copies from the server to the layer below, where clients' rights are looked up; the transport's own, which is read in
        // the transport; Kadalu's volfile-key, which goes to the server with the handshake; and cluster/replicate's volume-id,
        // which it reads without saying so.
        string[] unknown = [.. Directory.GetFiles(Workspace.Root, "*.log").SelectMany(File.ReadLines)
            .Where(line => line.Contains("is not recognized", StringComparison.Ordinal) && !ReadElsewhere().IsMatch(line))];
        Assert.Empty(unknown);
        Assert.All(Directory.GetFiles(Workspace.Root, "*.log"), log =>
            Assert.Contains("] D [", File.ReadAllText(log), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_volfile_for_another_network_is_printed_and_can_be_mounted()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        string text = await pools.MustAsync("volfile", "pool1", "--host", $"{Environment.MachineName}={TestNetwork.Address}");
        Assert.Equal(3, text.Split($"option remote-host {TestNetwork.Address}\n").Length - 1);
        await File.WriteAllTextAsync(Workspace.Path("other.vol"), text);
        FuseMount mount = FuseMount.Expect(Workspace);
        await Command.MustAsync("glusterfs", "-f", Workspace.Path("other.vol"), "-l", Workspace.Path("client.log"), mount.Path);
        await File.WriteAllTextAsync(mount.In("file"), "text");
        Assert.All(pools.Units("pool1", 3), unit => Assert.Equal("text", File.ReadAllText(Path.Combine(unit, "file"))));
    }

    [Fact]
    public async Task Every_kind_of_volfile_can_be_printed_and_what_cannot_be_is_refused()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:6", "--no-start");
        await pools.CreateAsync("pool2", "units:1", "--no-start");
        string unit = $"{Environment.MachineName}:{pools.Units("pool1", 6)[4]}";
        string volfiles = Path.Combine(pools.Root, "var/lib/kadalu/volfiles");
        string[] served = [.. Directory.GetFiles(volfiles).Select(File.ReadAllText)];
        Assert.Contains(await pools.MustAsync("volfile", "pool1"), served);
        Assert.Contains(await pools.MustAsync("volfile", "pool1", "--kind", "heal-daemon"), served);
        Assert.Contains(await pools.MustAsync("volfile", "pool1", "--kind", "unit", "--unit", unit), served);
        string rebalance = Workspace.Path("rebalance.vol");
        await File.WriteAllTextAsync(rebalance, await pools.MustAsync("volfile", "pool1", "--kind", "rebalance", "--tls"));
        Assert.Equal(6, (await File.ReadAllTextAsync(rebalance)).Split("ssl-enabled on").Length - 1);
        await RunStockAsync("glusterfs", rebalance);
        foreach ((string[] arguments, string reason) in new[]
        {
            (new[] { "volfile", "pool2", "--kind", "heal-daemon" }, "nothing to heal from"),
            (["volfile", "pool1", "--kind", "unit"], "say --kind unit --unit NODE:PATH"),
            (["volfile", "pool1", "--unit", unit], "say --kind unit --unit NODE:PATH"),
            (["volfile", "pool1", "--kind", "unit", "--unit", "other:/path"], "has no unit other:/path"),
            (["volfile", "pool1", "--kind", "nonsense"], "nonsense"),
            (["volfile", "pool1", "--host", "other=x"], "has no unit on a node \"other\""),
            (["volfile", "pool1", "--host", "other"], "is not NODE=NAME"),
        })
        {
            Command result = await pools.TryAsync(arguments);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_pool_with_TLS_has_it_on_every_connection()
    {
        (string key, string certificate) = (Workspace.Path("key.pem"), Workspace.Path("certificate.pem"));
        await Command.MustAsync(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj",
            "/CN=members", "-days", "2");
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3", "--no-start");
        await pools.MustAsync(
            "set", "pool1", "server.ssl", "on", "client.ssl", "on", "ssl.own-cert", certificate, "ssl.private-key", key,
            "ssl.ca-list", certificate, "auth.ssl-allow", "members");
        await pools.MustAsync("start", "pool1");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "text");
        await pools.HealedAsync("pool1", clients: 2);
        Assert.Contains("0 to heal", await pools.MustAsync("heal", "info", "pool1"), StringComparison.Ordinal);

        // Without it nobody is let in.
        string plain = Workspace.Path("plain.vol");
        await File.WriteAllTextAsync(
            plain,
            (await pools.MustAsync("volfile", "pool1")).Replace("ssl-enabled on", "ssl-enabled off", StringComparison.Ordinal));
        FuseMount other = FuseMount.Expect(Workspace);
        await Command.RunAsync("glusterfs", "-f", plain, "-l", Workspace.Path("plain.log"), other.Path);
        Assert.NotEqual(0, (await Command.RunAsync("ls", other.In("file"))).ExitCode);
    }

    [GeneratedRegex(@"option '(rpc-auth\.|auth\.|auth-path|transport\.|volfile-key)|replicate-\d+: option 'volume-id'")]
    private static partial Regex ReadElsewhere();

    private async Task RunStockAsync(string program, string volfile)
    {
        string name = Path.GetFileNameWithoutExtension(volfile);
        await Command.MustAsync(
            program, "-f", volfile, "-L", "DEBUG", "-l", Workspace.Path($"{name}.log"), "-p", Workspace.Path($"{name}.pid"));
        Workspace.Own(
            new StockProcess(
                int.Parse(await File.ReadAllTextAsync(Workspace.Path($"{name}.pid")), CultureInfo.InvariantCulture)));
    }

    private sealed class StockProcess(int id) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Command.RunAsync("kill", "-9", id.ToString(CultureInfo.InvariantCulture));
            await Shared.Until.SoAsync($"the stock process {id} is gone", IsGone);
        }

        // The command line of a process that nobody has waited for yet is empty.
        private bool IsGone()
        {
            try
            {
                return File.ReadAllText($"/proc/{id}/cmdline").Length == 0;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }
}
