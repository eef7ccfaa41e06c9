using System.Text;
using KadaluFsd.Harness;

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
}
