using System.Text;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary><c>kadalu pool export</c>, with NFS-Ganesha and Samba as Debian ships them.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolExportTests : IntegrationTest
{
    private static readonly byte[] s_content = Encoding.UTF8.GetBytes("exported");

    [Fact]
    public async Task A_running_ganesha_exports_pools_and_forgets_them_as_it_is_told()
    {
        PoolHarness pools = await CreateAsync("pool1", "pool2");
        await pools.StartGatewayAsync();
        Ganesha ganesha = await Ganesha.StartForAsync(Workspace, pools);

        // Two pools of one node, each with its own files.
        foreach (string pool in new[] { "pool1", "pool2" })
        {
            string said = await pools.MustAsync("export", "nfs", pool, "--squash", "none");
            Assert.Contains(
                $"NFS-Ganesha exports {pool} as /{pool} (Export_Id {(pool == "pool1" ? 101 : 102)}, writable for all clients, whose root is root)",
                said, StringComparison.Ordinal);
            Assert.DoesNotContain("warning", said, StringComparison.Ordinal);
            await ganesha.WriteAsync(Workspace, pool, pool, s_content);
            Assert.Equal(s_content, await File.ReadAllBytesAsync(Path.Combine(pools.Units(pool, 1)[0], pool)));
        }

        Assert.False(File.Exists(Path.Combine(pools.Units("pool1", 1)[0], "pool2")));
        Assert.Contains(
            "NFS-Ganesha exports pool1 as /pool1", await pools.MustAsync("export", "nfs", "pool1", "--squash", "none"), StringComparison.Ordinal);
        MustBeRefused(await pools.TryAsync("export", "nfs", "pool2", "--pseudo", "/pool1"), "exports something as /pool1 already");

        // Another path and number: the old one is gone.
        await pools.MustAsync("export", "nfs", "pool1", "--pseudo", "/first/pool", "--export-id", "201", "--squash", "none");
        Assert.Equal(s_content, await ganesha.ReadAsync(Workspace, "first/pool", "pool1"));
        await ganesha.ServesNotAsync("pool1");

        // A layer that comes loses writes of files that are open.
        MustBeRefused(await pools.TryAsync("set", "pool1", "performance.read-ahead", "on"), "NFS-Ganesha exports it");
        await pools.MustAsync("set", "pool1", "performance.read-ahead", "on", "--disturb-exports");
        Assert.Equal(s_content, await ganesha.ReadAsync(Workspace, "first/pool", "pool1"));

        // So does one that an overlay takes away, also when the pool is only started.
        string overlay = Path.Combine(Directory.CreateDirectory(Path.Combine(pools.Root, "etc/kadalu/graphs")).FullName, "less.json");
        await File.WriteAllTextAsync(overlay, "{\"graph\": \"client\", \"changes\": [{\"remove\": \"performance/md-cache\"}]}");
        MustBeRefused(await pools.TryAsync("set", "pool1", "performance.cache-size", "64MB"), "NFS-Ganesha exports it");
        MustBeRefused(await pools.TryAsync("start", "pool1"), "NFS-Ganesha exports it");
        File.Delete(overlay);

        // What was said before stays; what a killed command has left in NFS-Ganesha is found by its tag.
        Assert.Contains(
            "(Export_Id 201, read-only for 127.0.0.0/8, whose root is root)",
            await pools.MustAsync("export", "nfs", "pool1", "--access", "ro", "--clients", "127.0.0.0/8"), StringComparison.Ordinal);
        await ganesha.ServesAsync("first/pool");
        File.Delete(Path.Combine(pools.Root, "etc/ganesha/kadalu.d/pool1.conf"));
        await pools.MustAsync("export", "nfs", "pool1");
        await ganesha.ServesAsync("pool1");
        await ganesha.ServesNotAsync("first/pool");
        File.Delete(Path.Combine(pools.Root, "etc/ganesha/kadalu.d/pool1.conf"));
        Assert.Contains(
            "does not export pool1 any more", await pools.MustAsync("unexport", "nfs", "pool1"), StringComparison.Ordinal);
        await ganesha.ServesNotAsync("pool1");
        await pools.MustAsync("stop", "pool2");
        Assert.Contains("does not export pool2", await pools.MustAsync("delete", "pool2"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(pools.Root, "etc/ganesha/kadalu.d")));
    }

    [Fact]
    public async Task A_ganesha_without_a_bus_reads_its_configuration_again()
    {
        PoolHarness pools = await CreateAsync("pool1");
        await pools.MustAsync("set", "pool1", "unit.alias", "127.0.9.1", "--restart");
        Ganesha ganesha = await Ganesha.StartForAsync(Workspace, pools, hasBus: false);

        // The pool's units serve its volfile on an address of their own.
        MustBeRefused(await pools.TryAsync("export", "nfs", "pool1"), "kadalu-fsd-gateway");
        MustBeRefused(await pools.TryAsync("export", "nfs", "pool1", "--alias", "127.0.9.2"), "unit.alias 127.0.9.2");
        Assert.Contains(
            "SIGHUP", await pools.MustAsync("export", "nfs", "pool1", "--alias", "127.0.9.1", "--squash", "none"),
            StringComparison.Ordinal);
        await ganesha.ServesAsync("pool1");
        await ganesha.WriteAsync(Workspace, "pool1", "file", s_content);
        Assert.Equal(s_content, await File.ReadAllBytesAsync(Path.Combine(pools.Units("pool1", 1)[0], "file")));

        // Who may do what is changed in the export that is there; anything else would end it.
        await pools.MustAsync("export", "nfs", "pool1", "--access", "ro");
        await Until.SeesAsync(
            "the export is read-only", () => Command.RunAsync("nfs-cp", Workspace.Path("sent"), ganesha.UrlOf("pool1", "new")),
            written => written.ExitCode != 0);
        await ganesha.ServesAsync("pool1");
        MustBeRefused(await pools.TryAsync("export", "nfs", "pool1", "--pseudo", "/other"), "is not on D-Bus, and changes only");
        await ganesha.ServesAsync("pool1");
        MustBeRefused(
            await pools.TryAsync("set", "pool1", "unit.alias", "127.0.9.2", "--restart"), "fetches the volfile of pool1 at 127.0.9.1");
        MustBeRefused(await pools.TryAsync("set", "pool1", "unit.alias", "192.0.2.1", "--disturb-exports"), "has no address 192.0.2.1");
        MustBeRefused(await pools.TryAsItIsAsync("unexport", "nfs", "pool1"), "NFS clients of pool1 lose it. Say -y");
        MustBeRefused(await pools.TryAsync("export", "nfs", "pool1", "--node", "elsewhere"), "no unit on a node \"elsewhere\"");
        await pools.MustAsync("unexport", "nfs", "pool1");
        await ganesha.ServesNotAsync("pool1");
    }

    [Fact]
    public async Task Where_no_ganesha_runs_the_next_one_exports_it()
    {
        PoolHarness pools = await CreateAsync("pool1");
        await pools.StartGatewayAsync();
        pools.Set(("DBUS_SYSTEM_BUS_ADDRESS", $"unix:path={Workspace.Path("no-bus")}"));
        Directory.CreateDirectory(Path.Combine(pools.Root, "etc/ganesha"));
        await File.WriteAllTextAsync(Path.Combine(pools.Root, "etc/ganesha/own.conf"), "EXPORT { export_id=101; Pseudo = /own; }\n");
        string said = await pools.MustAsync(
            "export", "nfs", "pool1", "--access", "ro", "--directory", "/below", "--clients", "@group,127.0.0.0/8");
        Assert.Contains("does not run on this node", said, StringComparison.Ordinal);
        Assert.Contains("needs the line %dir", said, StringComparison.Ordinal);
        Assert.Contains("Export_Id 102", said, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(pools.Units("pool1", 1)[0], "below"));

        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(mount.In("below")).FullName, "file"), "below");
        File.Delete(Path.Combine(pools.Root, "etc/ganesha/own.conf"));
        Ganesha ganesha = await Ganesha.StartForAsync(Workspace, pools);
        await ganesha.ServesAsync("pool1");
        Assert.Equal("below", Encoding.UTF8.GetString(await ganesha.ReadAsync(Workspace, "pool1", "file")));
        await File.WriteAllTextAsync(Workspace.Path("sent"), "x");
        Assert.NotEqual(0, (await Command.RunAsync("nfs-cp", Workspace.Path("sent"), ganesha.UrlOf("pool1", "new"))).ExitCode);
    }

    [Fact]
    public async Task What_ganesha_refuses_leaves_what_was_exported()
    {
        PoolHarness pools = await CreateAsync("pool1");
        await pools.StartGatewayAsync();
        Ganesha ganesha = await Ganesha.StartForAsync(Workspace, pools);
        await pools.MustAsync("export", "nfs", "pool1");
        string fragment = await File.ReadAllTextAsync(Path.Combine(pools.Root, "etc/ganesha/kadalu.d/pool1.conf"));
        MustBeRefused(await pools.TryAsync("export", "nfs", "pool1", "--directory", "/missing"), "NFS-Ganesha refuses:");
        Assert.Equal(fragment, await File.ReadAllTextAsync(Path.Combine(pools.Root, "etc/ganesha/kadalu.d/pool1.conf")));
        await ganesha.ServesAsync("pool1");
        string others = Path.Combine(pools.Root, "etc/ganesha/kadalu.d/pool2.conf");
        await File.WriteAllTextAsync(others, "EXPORT { Export_Id = 7; }\n");
        await pools.CreateAsync("pool2", "units:1");
        MustBeRefused(await pools.TryAsync("export", "nfs", "pool2"), "not made by this command");
        Assert.Equal("EXPORT { Export_Id = 7; }\n", await File.ReadAllTextAsync(others));
        foreach (string[] wrong in (string[][])[
            ["--pseudo", "/"], ["--pseudo", "//a"], ["--pseudo", "/a\"; Squash = None; \""], ["--directory", "/../x"], ["--clients", "a; b"],
            ["--address", "a b"], ["--alias", "127.0.9.1", "--pool-servers"], ["--export-id", "0"], ["--export-id", "x"]])
        {
            Command refused = await pools.TryAsync(["export", "nfs", "pool1", .. wrong]);
            Assert.True(refused.ExitCode == 2, $"{string.Join(' ', wrong)}: {refused.ExitCode} {refused.Error}");
        }
    }

    [Fact]
    public async Task A_new_pool_is_not_exported_as_an_earlier_one_of_its_name_was()
    {
        PoolHarness pools = await CreateAsync("pool1");
        await pools.StartGatewayAsync();
        pools.Set(("DBUS_SYSTEM_BUS_ADDRESS", $"unix:path={Workspace.Path("no-bus")}"));
        await pools.MustAsync("export", "nfs", "pool1", "--squash", "none");
        await pools.MustAsync("export", "smb", "pool1");
        string[] files = [Path.Combine(pools.Root, "etc/ganesha/kadalu.d/pool1.conf"), Path.Combine(pools.Root, "etc/samba/kadalu/pool1.conf")];
        string[] texts = [.. files.Select(File.ReadAllText)];

        // Whoever finishes a deletion ends exports as well.
        await pools.MustAsync("stop", "pool1");
        await pools.DiesAtAsync("a deletion is noted", "delete", "pool1");
        Assert.All(files, file => Assert.True(File.Exists(file)));
        await pools.CreateAsync("pool2", "units:1");
        Assert.All(files, file => Assert.False(File.Exists(file)));
        foreach ((string file, string text) in files.Zip(texts))
        {
            await File.WriteAllTextAsync(file, text);
        }

        await pools.DeletedAsync("pool1");
        Directory.Delete(pools.Units("pool1", 1)[0], recursive: true);
        await pools.CreateAsync("pool1", "units:1");
        Assert.All(files, file => Assert.False(File.Exists(file)));
    }

    [Fact]
    public async Task Samba_shares_a_pool()
    {
        PoolHarness pools = await CreateAsync("pool1", "pool2");
        foreach (string pool in new[] { "pool1", "pool2" })
        {
            Assert.Contains("needs, as its last line, include = ", await pools.MustAsync("export", "smb", pool), StringComparison.Ordinal);
        }

        Samba samba = await Samba.StartForAsync(Workspace, pools);
        await File.WriteAllBytesAsync(Workspace.Path("sent"), s_content);
        foreach (string pool in new[] { "pool1", "pool2" })
        {
            await samba.MustAsync(pool, $"put {Workspace.Path("sent")} {pool}; mkdir d; rename {pool} d\\{pool}");
            Assert.Equal(s_content, await File.ReadAllBytesAsync(Path.Combine(pools.Units(pool, 1)[0], "d", pool)));
        }

        await samba.MustAsync("pool1", $"get d\\pool1 {Workspace.Path("received")}; del d\\pool1; rmdir d");
        Assert.Equal(s_content, await File.ReadAllBytesAsync(Workspace.Path("received")));
        Assert.False(Directory.Exists(Path.Combine(pools.Units("pool1", 1)[0], "d")));

        // A share of a part, under another name; then none.
        string said = await pools.MustAsync("export", "smb", "pool2", "--share", "part", "--directory", "/d", "--access", "ro");
        Assert.Contains("smbd has been told", said, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", said, StringComparison.Ordinal);
        await Until.SoAsync(
            "smbd has the new share", async () => (await samba.RunAsync("part", "ls")).Output.Contains("pool2", StringComparison.Ordinal));
        Assert.Contains("NT_STATUS", (await samba.RunAsync("part", "mkdir new")).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await samba.RunAsync("pool2", "ls")).ExitCode);
        await pools.MustAsync("unexport", "smb", "pool1");
        await Until.SoAsync("smbd has lost the share", async () => (await samba.RunAsync("pool1", "ls")).ExitCode != 0);
        MustBeRefused(await pools.TryAsync("export", "smb", "pool1", "--share", "Globals"), "no name for a share");
        MustBeRefused(await pools.TryAsync("export", "smb", "pool1", "--share", "PART"), "has a share PART already");
    }

    [Fact]
    public async Task Samba_turns_to_the_next_server_of_its_list()
    {
        PoolHarness pools = await CreateAsync("pool1");
        int port = (int)(await pools.StatusAsync("pool1"))["port"]!;
        Samba samba = await Samba.StartAsync(
            Workspace, Samba.Share("pool1", $"127.0.0.1:{Ports.Free()} [::1]:{port}", Workspace.Path("gfapi.log")));
        await samba.MustAsync("pool1", "mkdir directory");
        Assert.True(Directory.Exists(Path.Combine(pools.Units("pool1", 1)[0], "directory")));
        ClientMatrix.Note(RealClient.Samba.Words, ClientMatrix.Column.FirstServerDead);
    }

    private async Task<PoolHarness> CreateAsync(params string[] names)
    {
        var pools = PoolHarness.Create(Workspace);
        foreach (string name in names)
        {
            await pools.CreateAsync(name, "units:1");
        }

        return pools;
    }
}
