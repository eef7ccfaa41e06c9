using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>A program with libgfapi as Debian ships it.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class GfapiTests : IntegrationTest
{
    private const string Pool = "pool1";

    [Fact]
    public async Task Servers_are_tried_in_turn_by_every_transport()
    {
        PoolHarness pools = await CreateAsync("units:1");
        string port = await PortAsync(pools);
        string socket = await pools.StartGatewayAsync();
        string[] lists =
        [
            $"tcp:127.0.0.1:{Ports.Free()},tcp:127.0.0.9:{Ports.Free()},tcp:127.0.0.1:{port}",
            $"unix:{Workspace.Path("nobody.sock")},unix:{socket}",
            $"unix:{socket}",
            $"tcp:::1:{port}",
            $"tcp:localhost:{port}",
        ];
        foreach (string list in lists)
        {
            GfapiSession session = await GfapiSession.StartAsync(Workspace, $"{Pool}@{list}");
            await session.MustAsync($"write file {list}");
            Assert.Equal(list, await session.MustAsync("read file"));
        }

        ClientMatrix.Note(RealClient.Gfapi.Words, ClientMatrix.Column.FirstServerDead);
        ClientMatrix.Note(RealClient.GfapiUnix.Words, ClientMatrix.Column.FirstServerDead);
    }

    [Fact]
    public async Task A_program_works_in_a_directory_and_asynchronously()
    {
        PoolHarness pools = await CreateAsync("mirror", "3", "units:3");
        GfapiSession session = await ConnectAsync(pools);
        await session.MustAsync("mkdir directory");
        await session.MustAsync("chdir directory");
        await session.MustAsync("async file 500");
        foreach (string unit in pools.Units(Pool, 3))
        {
            Assert.Equal(500 * 4096, new FileInfo(Path.Combine(unit, "directory", "file")).Length);
        }
    }

    /// <summary>Alone, storage/posix never closes it: each file that Samba made took some descriptors of a unit for good.</summary>
    [Fact]
    public async Task A_directory_that_a_client_opened_as_a_file_is_closed_with_it()
    {
        PoolHarness pools = await CreateAsync("mirror", "3", "units:3");
        GfapiSession session = await ConnectAsync(pools);
        await session.MustAsync("mkdir directory");
        await session.MustAsync("directory directory 200");
        foreach (int? unit in await pools.ProcessesAsync(Pool))
        {
            await Until.SoAsync(
                "a unit has closed the directory",
                () => !new DirectoryInfo($"/proc/{unit}/fd").GetFileSystemInfos().Any(
                    entry => entry.LinkTarget?.EndsWith("/directory", StringComparison.Ordinal) == true));
        }
    }

    [Fact]
    public async Task Another_client_s_change_reaches_a_program_as_an_upcall()
    {
        PoolHarness pools = await CreateAsync("units:1");
        await pools.MustAsync(
            "set", Pool, "features.cache-invalidation", "on", "features.cache-invalidation-timeout", "600", "--restart");
        GfapiSession watcher = await ConnectAsync(pools, "watcher");
        GfapiSession writer = await ConnectAsync(pools, "writer");
        await watcher.MustAsync("write file first");
        await watcher.MustAsync("watch file");
        await writer.MustAsync("write file second");
        await watcher.MustAsync("await");
        Assert.Equal("second", await watcher.MustAsync("read file"));
    }

    [Fact]
    public async Task A_program_goes_on_and_hears_of_changes_when_its_only_unit_comes_back()
    {
        PoolHarness pools = await CreateAsync("units:1");
        GfapiSession session = await ConnectAsync(pools);
        await session.MustAsync("write file before");
        await session.MustAsync("open file");
        await pools.KillAsync(Pool, [0]);
        Assert.StartsWith("error", await session.TryAsync("append lost"), StringComparison.Ordinal);
        await pools.MustAsync("start", Pool);
        await pools.ConnectedAsync(Pool, clients: 1);
        await Until.SoAsync(
            "the file that is open can be written to again",
            async () => (await session.TryAsync("append after")).StartsWith("ok", StringComparison.Ordinal));
        Assert.Equal("beforeafter", await File.ReadAllTextAsync(Path.Combine(pools.Units(Pool, 1)[0], "file")));
        await pools.MustAsync("set", Pool, "diagnostics.client-log-level", "DEBUG");
        await Until.LoggedAsync("the program logs as the option says", session.Log, "] D [");
    }

    /// <summary>Files of NFS-Ganesha before version 6: libgfapi opens them for reading where a unit comes back, and writes to them.</summary>
    [Theory]
    [InlineData("ganesha.nfsd", true)]
    [InlineData("another", false)]
    public async Task What_nfs_ganesha_created_without_flags_it_can_write_to_where_a_unit_came_back(string process, bool canWrite)
    {
        PoolHarness pools = await CreateAsync("units:1");
        GfapiSession session = await ConnectAsync(pools, process: process);
        await session.MustAsync("create file");
        await session.MustAsync("append before");
        await pools.KillAsync(Pool, [0]);
        await pools.MustAsync("start", Pool);
        await pools.ConnectedAsync(Pool, clients: 1);
        string expected = canWrite ? "ok " : "error Bad file descriptor";
        await Until.SeesAsync(
            "the file that is open is there again", () => session.TryAsync("append after"), answer => answer == expected);
        await session.TryAsync("append wards");
        string file = await File.ReadAllTextAsync(Path.Combine(pools.Units(Pool, 1)[0], "file"));
        Assert.Equal(canWrite ? "beforeafterwards" : "before", file);
    }

    /// <summary>libgfapi looks at its list of servers only until it is connected, but at all addresses of a name for ever.</summary>
    [Fact]
    public async Task Of_a_list_it_stays_with_its_server_but_of_a_name_it_follows_every_address()
    {
        PoolHarness pools = await CreateAsync("units:1");
        int port = Ports.Free();
        string[] addresses = ["127.0.0.21", "127.0.0.22", "127.0.0.23"];
        UnitProcess[] gateways = await Task.WhenAll(addresses.Select(address => pools.StartGatewayAtAsync(address, port)));
        MountNamespace machine = await MountNamespace.CreateAsync(Workspace);
        await machine.NameAsync(Workspace, "gateways", addresses);

        GfapiSession listed = await GfapiSession.StartAsync(
            Workspace, $"{Pool}@{string.Join(',', addresses.Select(address => $"tcp:{address}:{port}"))}", "listed");
        GfapiSession named = await GfapiSession.StartAsync(Workspace, $"{Pool}@tcp:gateways:{port}", "named", machine);
        for (int dead = 0; dead < gateways.Length - 1; dead++)
        {
            int before = Until.Count(gateways[dead + 1].Log, $"fetched volfile \"{Pool}\"");
            await gateways[dead].KillAsync();
            await Until.LoggedAsync("the next gateway is asked", gateways[dead + 1].Log, $"fetched volfile \"{Pool}\"", before);
            string level = dead == 0 ? "DEBUG" : "TRACE";
            await pools.MustAsync("set", Pool, "diagnostics.client-log-level", level);
            await Until.LoggedAsync("the program logs as the option says", named.Log, $"] {level[0]} [");
            await named.MustAsync($"write file {level}");
        }

        ClientMatrix.Note(RealClient.Gfapi.Words + ", a name with several addresses", ClientMatrix.Column.ServerLost);

        // The other one is still asking the first.
        Assert.Equal(0, Until.Count(listed.Log, "] D ["));
        await listed.MustAsync("write file listed");
        ClientMatrix.Note(RealClient.Gfapi.Words, ClientMatrix.Column.ServerLost, works: false);
        UnitProcess again = await pools.StartGatewayAtAsync(addresses[0], port);
        await Until.LoggedAsync("the first gateway is asked again", again.Log, $"fetched volfile \"{Pool}\"");
        await Until.LoggedAsync("the program logs as the option says", listed.Log, "] T [");
    }

    private async Task<PoolHarness> CreateAsync(params string[] words)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync(Pool, words);
        return pools;
    }

    private async Task<GfapiSession> ConnectAsync(PoolHarness pools, string name = "session", string? process = null) =>
        await GfapiSession.StartAsync(Workspace, $"{Pool}@tcp:127.0.0.1:{await PortAsync(pools)}", name, process: process);

    private static async Task<string> PortAsync(PoolHarness pools) =>
        ((int)(await pools.StatusAsync(Pool))["port"]!).ToString(CultureInfo.InvariantCulture);
}
