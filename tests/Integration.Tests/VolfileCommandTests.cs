using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Shared;

namespace KadaluFsd.Integration.Tests;

/// <summary><c>kadalu-fsd volfile get</c> against a unit.</summary>
public sealed class VolfileCommandTests : IntegrationTest
{
    private const int PeerUnreachable = 7;
    private const int PeerRefused = 8;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    public async Task It_prints_the_volfile_byte_for_byte(string host)
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        string printed = await Command.MustAsync(Workspace.Program, "volfile", "get", $"{host}:{unit.Port}", "pool1");
        Assert.Equal(ClientVolfile.Single(unit), printed);
    }

    [Theory]
    [InlineData("nosuchpool", "errno 2")]
    [InlineData("../pool1", "errno 22")]
    [InlineData("/etc/passwd", "errno 22")]
    public async Task It_says_what_the_server_said(string key, string words)
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        Command result = await Command.RunAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", key);
        Assert.Equal(PeerRefused, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task It_watches_and_prints_what_changes()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        using Process watch = Command.Start(Workspace.Program, ["volfile", "watch", $"127.0.0.1:{unit.Port}", "pool1"]);
        try
        {
            await ReadUntilAsync(watch, "end-volume", times: 3);
            await WriteVolfileAsync(
                "pool1",
                ClientVolfile.Single(unit)
                .Replace("type debug/io-stats", "type debug/io-stats\n    option log-level DEBUG", StringComparison.Ordinal));
            await ReadUntilAsync(watch, "+ [pool1]     option log-level DEBUG", times: 1);
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public async Task It_prints_the_servers_that_clients_are_told_of()
    {
        UnitDefinition unit = await CreateUnitAsync(clientHost: "Node-1.example");
        string poolPort = Ports.Free().ToString(CultureInfo.InvariantCulture);
        await UnitProcess.StartAsync(Workspace, unit, "--pool-port", poolPort, "--server-rounds", "2");
        Assert.Equal(
            $"Node-1.example:{poolPort}\nnode-1.example:{poolPort}\n",
            await Command.MustAsync(Workspace.Program, "volfile", "servers", $"127.0.0.1:{unit.Port}", "pool1"));
    }

    [Fact]
    public async Task It_says_that_nobody_is_there()
    {
        Command result = await Command.RunAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{Ports.Free()}", "pool1");
        Assert.Equal(PeerUnreachable, result.ExitCode);
        Assert.Contains("refused", result.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_volfile_changed_on_disk_is_given_out_changed_and_a_broken_one_is_not()
    {
        UnitDefinition unit = await CreateUnitAsync();
        await UnitProcess.StartAsync(Workspace, unit);
        string changed = ClientVolfile.Single(unit) + "\n# changed\n";
        await WriteVolfileAsync("pool1", changed);
        Assert.Equal(changed, await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "pool1"));
        await WriteVolfileAsync("pool1", changed[..100]);
        Assert.Equal(changed, await Command.MustAsync(Workspace.Program, "volfile", "get", $"127.0.0.1:{unit.Port}", "pool1"));
    }

    private static async Task ReadUntilAsync(Process process, string line, int times)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (times > 0)
        {
            string? read = await process.StandardOutput.ReadLineAsync(limit.Token);
            Assert.NotNull(read);
            times -= read == line ? 1 : 0;
        }
    }
}
