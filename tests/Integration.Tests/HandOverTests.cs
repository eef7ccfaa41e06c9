using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>Sockets given to the graph are as if it had accepted them itself.</summary>
public sealed class HandOverTests : IntegrationTest
{
    [Theory]
    [InlineData(TestNetwork.Address)]
    [InlineData("127.0.0.1")]
    public async Task The_graph_sees_the_clients_own_address(string address)
    {
        UnitDefinition unit = await CreateUnitAsync(clientHost: address);
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1", address);
        Assert.Empty(Directory.GetFileSystemEntries(mount.Path));
        Assert.Contains($"received addr = \"{address}\"", process.LogText, StringComparison.Ordinal);
        Assert.Contains("accepted client from", process.LogText, StringComparison.Ordinal);
        Assert.Contains(
            $"{address}:", process.LogText.Split('\n').Single(line => line.Contains("fetched volfile", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_over_ipv6_is_seen_by_its_ipv6_address()
    {
        UnitDefinition unit = await CreateUnitAsync(clientHost: "::1\n    option transport.address-family inet6");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        Assert.Empty(Directory.GetFileSystemEntries(mount.Path));
        Assert.Contains("received addr = \"::1\"", process.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_the_volfile_rejects_is_refused_and_another_is_not()
    {
        UnitDefinition unit = await CreateUnitAsync();
        string text = await File.ReadAllTextAsync(unit.Volfile);
        await File.WriteAllTextAsync(unit.Volfile, text.Replace(
            "option auth-path", $"option auth.addr.{unit.Directory}.reject {TestNetwork.Address}\n    option auth-path",
            StringComparison.Ordinal));
        await WriteVolfileAsync("rejected", ClientVolfile.Single(unit, TestNetwork.Address));
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);

        (FuseMount refused, _) = await FuseMount.TryAsync(Workspace, unit.Port, "rejected");
        Assert.False(CanList(refused));
        Assert.Contains("Authentication failed", await File.ReadAllTextAsync(refused.Log), StringComparison.Ordinal);
        Assert.Contains("Cannot authenticate client", process.LogText, StringComparison.Ordinal);

        FuseMount accepted = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        await File.WriteAllTextAsync(accepted.In("file"), "x");
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "file")));
    }

    // The client may be gone already, or may answer that it has no connection.
    private static bool CanList(FuseMount mount)
    {
        try
        {
            return mount.IsMounted && Directory.GetFileSystemEntries(mount.Path) is not null && mount.IsMounted;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
