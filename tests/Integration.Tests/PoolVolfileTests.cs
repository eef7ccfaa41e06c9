using System.Globalization;
using System.Text.RegularExpressions;
using KadaluFsd.Integration.Tests.Harness;

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
        await Command.MustAsync("glusterfs", "-f", Path.Combine(volfiles, "pool1.vol"), "-L", "DEBUG", "-l", Workspace.Path("client.log"), "-p", Workspace.Path("client.pid"), mount.Path);
        await File.WriteAllTextAsync(mount.In("file"), "text");
        Assert.Equal("text", await File.ReadAllTextAsync(mount.In("file")));
        string healDaemon = Path.Combine(volfiles, "shd.pool1.vol");
        Assert.Equal(!words.StartsWith("units", StringComparison.Ordinal), File.Exists(healDaemon));
        if (File.Exists(healDaemon))
        {
            await RunStockAsync("glusterfs", healDaemon);
        }

        // What GlusterFS does not know it says only when it is debugged (graph.c). Not ours are what it sets itself, and what it copies from the
        // server to the layer below, where clients' rights are looked up; the transport's own, which is read in the transport; and Kadalu's
        // volfile-key, which goes to the server with the handshake.
        string[] unknown = [.. Directory.GetFiles(Workspace.Root, "*.log").SelectMany(File.ReadLines)
            .Where(line => line.Contains("is not recognized", StringComparison.Ordinal) && !ReadElsewhere().IsMatch(line))];
        Assert.Empty(unknown);
        Assert.All(Directory.GetFiles(Workspace.Root, "*.log"), log => Assert.Contains("] D [", File.ReadAllText(log), StringComparison.Ordinal));
    }

    [GeneratedRegex(@"option '(rpc-auth\.|auth\.|auth-path|transport\.|volfile-key)")]
    private static partial Regex ReadElsewhere();

    private async Task RunStockAsync(string program, string volfile)
    {
        string name = Path.GetFileNameWithoutExtension(volfile);
        await Command.MustAsync(program, "-f", volfile, "-L", "DEBUG", "-l", Workspace.Path($"{name}.log"), "-p", Workspace.Path($"{name}.pid"));
        Workspace.Own(new StockProcess(int.Parse(await File.ReadAllTextAsync(Workspace.Path($"{name}.pid")), CultureInfo.InvariantCulture)));
    }

    private sealed class StockProcess(int id) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Command.RunAsync("kill", "-9", id.ToString(CultureInfo.InvariantCulture));
            await Shared.Until.SoAsync(IsGone);
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
