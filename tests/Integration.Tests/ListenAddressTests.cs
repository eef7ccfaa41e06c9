using System.Net;
using System.Net.Sockets;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>The addresses that a unit listens on.</summary>
public sealed class ListenAddressTests : IntegrationTest
{
    // tests/isolated.sh gives it to the loopback interface.
    private const string Address = "10.99.0.1";

    [Theory]
    [InlineData("    option transport.socket.bind-address 10.99.0.1\n    ")]
    [InlineData("", "--bind-address", Address)]
    [InlineData("    option transport.socket.bind-address 192.0.2.1\n    ", "--bind-address", Address)]
    public async Task The_one_that_is_asked_for_is_the_only_one(string serverOptions, params string[] arguments)
    {
        UnitDefinition unit = await CreateUnitAsync(serverOptions: serverOptions, clientHost: Address);
        int poolPort = Ports.Free();
        await UnitProcess.StartAsync(Workspace, unit, [.. arguments, "--pool-port", $"{poolPort}"]);
        foreach (int port in new[] { unit.Port, poolPort })
        {
            Assert.True(await AnswersAsync(Address, port));
            Assert.False(await AnswersAsync("127.0.0.1", port));
            Assert.False(await AnswersAsync("::1", port));
        }

        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1", Address);
        await File.WriteAllTextAsync(mount.In("file"), "x");
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "file")));
    }

    [Fact]
    public async Task One_that_is_not_this_machines_is_refused()
    {
        UnitDefinition unit = await CreateUnitAsync();
        Command refused = await Command.RunAsync(
            Workspace.Program, "unit", "--volfile", unit.Volfile, "--port", $"{unit.Port}", "--bind-address", "192.0.2.1");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("no such address on this machine", refused.Error, StringComparison.Ordinal);
    }

    private static async Task<bool> AnswersAsync(string address, int port)
    {
        var to = new IPEndPoint(IPAddress.Parse(address), port);
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(to);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
