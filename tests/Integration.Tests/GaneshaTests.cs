using System.Text;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>NFS-Ganesha as Debian ships it, which looks for volfiles on port 24007 and nowhere else.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class GaneshaTests : IntegrationTest
{
    [Fact]
    public async Task It_exports_a_pool_through_the_gateway()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        UnitProcess gateway = await UnitProcess.StartGatewayAsync(Workspace, "gateway");
        Ganesha ganesha = await Ganesha.StartAsync(Workspace, new GaneshaExport("pool1", "127.0.0.1", "pool1"));

        byte[] content = [.. Enumerable.Range(0, 1000).Select(number => (byte)number)];
        await ganesha.WriteAsync(Workspace, "pool1", "file", content);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(unit.Directory, "file")));
        Assert.Equal(content, await ganesha.ReadAsync(Workspace, "pool1", "file"));
        Assert.Contains("fetched volfile \"pool1\"", gateway.LogText, StringComparison.Ordinal);
    }

    /// <summary>Ganesha takes exports of volumes of one name for exports of one volume, whatever their hosts.</summary>
    [Fact]
    public async Task Pools_of_one_name_on_two_hosts_stay_two_when_they_are_exported_by_their_ids()
    {
        (string Export, string Host)[] exports = [("first", "127.0.9.1"), ("second", "127.0.9.2")];
        string[] ids = new string[exports.Length];
        string[] units = new string[exports.Length];
        for (int number = 0; number < exports.Length; number++)
        {
            (string name, string host) = exports[number];
            var pools = PoolHarness.Create(Workspace, root: name);
            units[number] = Workspace.Create("units", name);
            await pools.MustAsync("create", "pool1", units[number], "--root-partition");
            ids[number] = (string)(await pools.StatusAsync("pool1"))["id"]!;
            string volfiles = Workspace.Create("volfiles", name);
            await File.WriteAllTextAsync(Path.Combine(volfiles, "pool1.vol"), await pools.MustAsync("volfile", "pool1"));
            await UnitProcess.StartAsync(
                Workspace, Workspace.Program, ["gateway", "--volfiles", volfiles, "--listen", $"{host}:24007"],
                Workspace.Path($"gateway-{name}.log"));
        }

        Ganesha ganesha = await Ganesha.StartAsync(
            Workspace, [.. exports.Select((export, number) => new GaneshaExport(export.Export, export.Host, ids[number]))]);
        foreach ((string name, _) in exports)
        {
            await ganesha.WriteAsync(Workspace, name, "file", Encoding.UTF8.GetBytes(name));
        }

        for (int number = 0; number < exports.Length; number++)
        {
            Assert.Equal(exports[number].Export, await File.ReadAllTextAsync(Path.Combine(units[number], "file")));
        }
    }

    /// <summary>Gateways on every node under one name: what Debian's NFS-Ganesha follows for ever.</summary>
    [Fact]
    public async Task Gateways_under_one_name_are_followed_in_turn()
    {
        string[] addresses = ["127.0.0.21", "127.0.0.22", "127.0.0.23"];
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");

        // The first one is dead before NFS-Ganesha is started.
        UnitProcess[] gateways = await Task.WhenAll(addresses[1..].Select(address => pools.StartGatewayAtAsync(address)));
        string log = Workspace.Path("gfapi.log");
        Ganesha ganesha = await Ganesha.StartWithAsync(
            Workspace, Workspace.Root,
            Ganesha.Block(new GaneshaExport("pool1", "gateways", "pool1", $"glfs_log = \"{log}\";"), 1),
            prepare: machine => machine.NameAsync(Workspace, "gateways", addresses));
        await ganesha.ServesAsync("pool1");
        string words = RealClient.Nfs4.Words + ", a name with several addresses";
        ClientMatrix.Note(words, ClientMatrix.Column.Connects);
        ClientMatrix.Note(words, ClientMatrix.Column.FirstServerDead);

        ClientWork nfs = await ClientWork.OfAsync(Workspace, "nfs", ganesha.UrlOf("pool1", ""), log);
        var size = new WorkSize(Files: 600, Bytes: 1 << 20, RealClient.Nfs4.Piece);
        await using (ClientWork.Writing writing = nfs.Write("work", size))
        {
            await writing.ReachAsync("small", percent: 1);
            await gateways[0].KillAsync();
            await Until.LoggedAsync("the next gateway is asked", gateways[1].Log, "fetched volfile \"pool1\"");
            await pools.MustAsync("set", "pool1", "diagnostics.client-log-level", "DEBUG");
            await Until.LoggedAsync("NFS-Ganesha's client logs as the option says", log, "] D [");
            await pools.MustAsync("reset", "pool1", "diagnostics.client-log-level");
            UnitProcess first = await pools.StartGatewayAtAsync(addresses[0]);
            await gateways[1].KillAsync();
            await Until.LoggedAsync("the one that is back is asked", first.Log, "fetched volfile \"pool1\"");
            await writing.EndAsync();
        }

        await nfs.VerifyAsync("work", size);
        ClientMatrix.Note(words, ClientMatrix.Column.OptionSet);
        ClientMatrix.Note(words, ClientMatrix.Column.ServerLost);
    }

    [Fact]
    public async Task With_our_patches_it_asks_the_pools_own_ports_and_keeps_pools_of_one_name_apart()
    {
        int[] ports = new int[2];
        PoolHarness[] nodes = [PoolHarness.Create(Workspace, root: "one"), PoolHarness.Create(Workspace, root: "two")];
        string[] units = new string[2];
        for (int node = 0; node < nodes.Length; node++)
        {
            units[node] = Workspace.Create("units", $"node{node}");
            await nodes[node].MustAsync("create", "pool1", units[node], "--root-partition");
            ports[node] = (int)(await nodes[node].StatusAsync("pool1"))["port"]!;
        }

        int dead = Ports.Free();
        GaneshaExport[] exports =
        [
            new("one", $"127.0.0.1:{dead}, 127.0.0.1:{ports[0]}", "pool1"),
            new("two", $"[::1]:{ports[1]} 127.0.0.1:{ports[1]}", "pool1"),
        ];
        Ganesha ganesha = await Ganesha.StartWithAsync(
            Workspace, Workspace.Root,
            string.Concat(exports.Append(new("wrong", $"127.0.0.1:{dead}", "pool1")).Append(new("port", "127.0.0.1", "pool1", $"Port = {ports[1]};"))
                .Select((export, index) => Ganesha.Block(export, index + 1))),
            fsal: GaneshaPackage.Library());
        for (int node = 0; node < nodes.Length; node++)
        {
            await ganesha.ServesAsync(exports[node].Name);
            await ganesha.WriteAsync(Workspace, exports[node].Name, "file", Encoding.UTF8.GetBytes(exports[node].Name));
        }

        for (int node = 0; node < nodes.Length; node++)
        {
            Assert.Equal(exports[node].Name, await File.ReadAllTextAsync(Path.Combine(units[node], "file")));
        }

        Assert.Equal("two", Encoding.UTF8.GetString(await ganesha.ReadAsync(Workspace, "port", "file")));
        await Until.LoggedAsync("the log names the server that does not answer", ganesha.Log, $"servers tried: tcp+127.0.0.1:{dead}");
        await ganesha.ServesNotAsync("wrong");
        ClientMatrix.Note(RealClient.PatchedNfs4.Words, ClientMatrix.Column.FirstServerDead);
        ClientMatrix.Note(RealClient.PatchedNfs3.Words, ClientMatrix.Column.FirstServerDead);
    }

    /// <summary>
    /// Stock NFS-Ganesha 4.3 creates files without flags; where a unit comes back, libgfapi then opens them for reading only.
    /// </summary>
    [Theory]
    [InlineData(nameof(RealClient.Nfs4), false)]
    [InlineData(nameof(RealClient.PatchedNfs4), true)]
    public async Task A_file_that_stays_open_is_written_to_after_each_unit_was_away(string name, bool opensForWriting)
    {
        RealClient client = RealClient.Workers[name];
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", 3);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        ClientWork work = await client.StartAsync(Workspace, pools, "pool1");
        await using ClientWork.Writing file = work.Hold("file", client.Piece);
        await file.AppendAsync();
        for (int unit = 0; unit < units.Length; unit++)
        {
            await pools.KillAsync("pool1", [unit]);
            await file.AppendAsync();
            await pools.MustAsync("start", "pool1");
            await pools.ConnectedAsync("pool1", clients: 2);
            await file.AppendAsync();
            await pools.HealedNowAsync("pool1");
        }

        Assert.Equal(opensForWriting, (await pools.ProcessesAsync("pool1")).All(unit => IsOpenForWriting(unit, "file")));
        await file.EndAsync();
        await pools.HealedNowAsync("pool1");
        foreach (string unit in units)
        {
            Assert.Equal(7 * client.Piece, new FileInfo(Path.Combine(unit, "file")).Length);
        }

        await (await Manifest.CompileAsync(Workspace)).EqualAsync(units, hasContents: true);
    }

    // By its name, or by its gfid.
    private static bool IsOpenForWriting(int? process, string name)
    {
        string[] files =
        [
            .. new DirectoryInfo($"/proc/{process}/fd").GetFileSystemInfos()
                .Where(entry => Path.GetFileName(entry.LinkTarget) is { } opened && (opened == name || Guid.TryParse(opened, out _)))
                .Select(entry => File.ReadAllLines($"/proc/{process}/fdinfo/{entry.Name}").Single(
                    line => line.StartsWith("flags:", StringComparison.Ordinal))),
        ];
        Assert.NotEmpty(files);
        return files.All(flags => flags[^1] != '0');
    }
}
