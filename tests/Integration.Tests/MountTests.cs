using System.Security.Cryptography;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>The stock FUSE client, mounting from units.</summary>
public sealed class MountTests : IntegrationTest
{
    [Theory]
    [InlineData("pool1")]
    [InlineData("/pool1")]
    public async Task A_client_mounts_from_the_unit_whose_disk_it_uses(string key)
    {
        UnitDefinition unit = await CreateUnitAsync("pool1");
        await UnitProcess.StartAsync(Workspace, unit);
        FuseMount mount =
            await FuseMount.CreateAsync(Workspace, unit.Port, key, host: (await Command.MustAsync("hostname")).Trim());
        await File.WriteAllTextAsync(mount.In("hello"), "world");
        Assert.Equal("world", await File.ReadAllTextAsync(Path.Combine(unit.Directory, "hello")));
    }

    [Fact]
    public async Task Two_pools_on_two_ports_each_serve_their_own()
    {
        UnitDefinition first = await CreateUnitAsync("pool1");
        UnitDefinition second = await CreateUnitAsync("pool2");
        await UnitProcess.StartAsync(Workspace, first);
        await UnitProcess.StartAsync(Workspace, second);
        FuseMount mountOfFirst = await FuseMount.CreateAsync(Workspace, first.Port, "pool1");
        FuseMount mountOfSecond = await FuseMount.CreateAsync(Workspace, second.Port, "pool2");
        await File.WriteAllTextAsync(mountOfFirst.In("name"), "pool1");
        await File.WriteAllTextAsync(mountOfSecond.In("name"), "pool2");
        Assert.Equal("pool1", await File.ReadAllTextAsync(Path.Combine(first.Directory, "name")));
        Assert.Equal("pool2", await File.ReadAllTextAsync(Path.Combine(second.Directory, "name")));
    }

    [Fact]
    public async Task Data_is_the_same_in_the_unit_and_after_a_restart()
    {
        UnitDefinition unit = await CreateUnitAsync("pool1");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        FuseMount mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        var random = new Random(1);
        var written = new Dictionary<string, string>();
        foreach (int length in new[] { 0, 1, 4095, 4096, 131_073, 5_000_001 })
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            string name = Path.Combine("deep", length.ToString(), "file");
            Directory.CreateDirectory(Path.GetDirectoryName(mount.In(name))!);
            await File.WriteAllBytesAsync(mount.In(name), bytes);
            written.Add(name, Convert.ToHexString(SHA256.HashData(bytes)));
        }

        await mount.DisposeAsync();
        AssertSame(written, unit.Directory);
        Assert.Equal(0, await process.StopAsync());
        await UnitProcess.StartAsync(Workspace, unit);
        mount = await FuseMount.CreateAsync(Workspace, unit.Port, "pool1");
        AssertSame(written, mount.Path);
    }

    [Fact]
    public async Task A_volfile_that_is_not_there_fails_the_mount_with_ENOENT()
    {
        UnitDefinition unit = await CreateUnitAsync("pool1");
        UnitProcess process = await UnitProcess.StartAsync(Workspace, unit);
        (FuseMount mount, Command result) = await FuseMount.TryAsync(Workspace, unit.Port, "nosuchpool");
        Assert.Equal(2, result.ExitCode);
        await mount.GoneAsync();
        Assert.Contains("did not get volfile \"nosuchpool\": errno 2", process.LogText, StringComparison.Ordinal);
    }

    private static void AssertSame(Dictionary<string, string> written, string root)
    {
        foreach ((string name, string hash) in written)
        {
            Assert.Equal(hash, Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(root, name)))));
        }
    }
}
