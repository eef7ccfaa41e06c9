using KadaluFsd.Integration.Tests.Harness;

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
}
