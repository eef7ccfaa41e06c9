using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary>Who gets which volfile, and by which way.</summary>
public sealed class AccessTests : IntegrationTest
{
    private const int PeerRefused = 8;
    private const int PeerUnreachable = 7;

    [Theory]
    [InlineData("pool2", "errno 2")]
    [InlineData("..", "errno 22")]
    [InlineData("../volfiles/pool1", "errno 22")]
    [InlineData("/etc/passwd", "errno 22")]
    public async Task Keys_that_are_not_this_pools_are_refused_and_logged(string key, string errno)
    {
        UnitDefinition own = await CreateUnitAsync();
        await CreateUnitAsync("pool2");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, own);
        Command result = await FetchAsync("127.0.0.1", own, key);
        Assert.Equal(PeerRefused, result.ExitCode);
        Assert.Contains(errno, result.Error, StringComparison.Ordinal);
        Assert.Contains("fetches refused", process.LogText, StringComparison.Ordinal);
        Assert.Equal(0, (await FetchAsync("127.0.0.1", own, "pool1")).ExitCode);
    }

    [Fact]
    public async Task Each_fetch_is_a_line_of_the_access_log()
    {
        string log = Workspace.Path("access", "log");
        UnitDefinition own = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, own, "--access-log", log);
        await FetchAsync("127.0.0.1", own, "pool1");
        await FetchAsync(TestNetwork.Address, own, "nosuch");
        Assert.Equal(0, await process.StopAsync());
        string[] lines = await File.ReadAllLinesAsync(log);
        Assert.Equal(2, lines.Length);
        Assert.Matches(
            "^[-0-9T:.]+Z 127\\.0\\.0\\.1:[0-9]+ \"pool1\" ok [0-9]+ sha256:[0-9a-f]{16} op-versions:1-100000$", lines[0]);
        Assert.Matches("^[-0-9T:.]+Z 10\\.99\\.0\\.1:[0-9]+ \"nosuch\" errno 2 op-versions:1-100000$", lines[1]);
    }

    [Fact]
    public async Task A_key_of_4_KiB_is_refused_and_does_not_fill_the_log()
    {
        UnitDefinition own = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, own);
        Command result = await FetchAsync("127.0.0.1", own, new string('k', 4096));
        Assert.Contains("errno 22", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(process.LogText.Split('\n'), line => line.Length > 1000);
    }

    [Fact]
    public async Task A_units_volfile_is_for_this_node_only()
    {
        UnitDefinition own = await CreateUnitAsync();
        File.Copy(own.Volfile, Path.Combine(Workspace.Create("volfiles"), "pool1.node.unit.vol"));
        await UnitProcess.StartAsync(Workspace, own);
        Command refused = await FetchAsync(TestNetwork.Address, own, "pool1.node.unit");
        Assert.Equal(PeerRefused, refused.ExitCode);
        Assert.Contains("errno 13", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await FetchAsync(TestNetwork.Address, own, "pool1")).ExitCode);
        Assert.Equal(0, (await FetchAsync("127.0.0.1", own, "pool1.node.unit")).ExitCode);
    }

    [Theory]
    [InlineData("--deny", "10.99.0.0/16")]
    [InlineData("--allow", "192.0.2.0/24")]
    public async Task An_address_that_may_not_is_closed_without_a_word(string option, string networks)
    {
        UnitDefinition own = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, own, option, networks);
        Assert.Equal(PeerUnreachable, (await FetchAsync(TestNetwork.Address, own, "pool1")).ExitCode);
        Assert.Contains("may not fetch volfiles", process.LogText, StringComparison.Ordinal);
        Assert.Equal(0, (await FetchAsync("127.0.0.1", own, "pool1")).ExitCode);
    }

    [Fact]
    public async Task The_pools_own_nodes_may_whatever_the_lists_say()
    {
        UnitDefinition own = await CreateUnitAsync(clientHost: TestNetwork.Address);
        await UnitProcess.StartAsync(Workspace, own, "--deny", "0.0.0.0/0");
        await Until.SeesAsync(
            "the node's own client may fetch", () => FetchAsync(TestNetwork.Address, own, "pool1"),
            fetched => fetched.ExitCode == 0);
    }

    [Fact]
    public async Task Clients_of_this_machine_may_come_by_a_unix_socket()
    {
        string socket = Workspace.Path("volfiles.sock");
        UnitDefinition own = await CreateUnitAsync();
        UnitProcess process = await UnitProcess.StartAsync(Workspace, own, "--socket", socket);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            File.GetUnixFileMode(socket));
        FuseMount mount = FuseMount.Expect(Workspace);
        await Command.MustAsync(
            "glusterfs", $"--volfile-server={socket}", "--volfile-server-transport=unix", "--volfile-id=pool1", "-l", mount.Log,
            mount.Path);
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(own.Directory, "file")));
        await mount.DisposeAsync();

        // A socket that a killed unit left behind is no obstacle; one that is served is.
        await process.KillAsync();
        Assert.True(File.Exists(socket));
        process = await UnitProcess.StartAsync(Workspace, own, "--socket", socket);
        UnitDefinition other = await CreateUnitAsync("pool2");
        Command result = await Command.RunAsync(
            Workspace.Program, "unit", "--volfile", other.Volfile, "--port", other.Port.ToString(CultureInfo.InvariantCulture),
            "--socket", socket);
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("another process serves it", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, await process.StopAsync());
        Assert.False(File.Exists(socket));
    }

    private static Task<Command> FetchAsync(string host, UnitDefinition unit, string key) =>
        Command.RunAsync(Workspace.Program, "volfile", "get", $"{host}:{unit.Port}", key);
}
