using System.Text.Json.Nodes;
using KadaluFsd.Harness;

namespace KadaluFsd.Integration.Tests;

/// <summary>packaging/mount.kadalu, called the way mount(8) calls its helpers.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class MountHelperTests : IntegrationTest
{
    private static readonly string s_helper = Path.Combine(Workspace.Source, "packaging", "mount.kadalu");

    [Fact]
    public async Task It_mounts_pools_and_parts_of_them()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1");
        JsonNode status = await pools.StatusAsync("pool1");
        string port = $"port={(int)status["units"]![0]!["port"]!}";
        FuseMount whole = FuseMount.Expect(Workspace);
        await Command.MustAsync(s_helper, "localhost:/pool1", whole.Path, "-o", $"rw,{port},log-file={whole.Log}");
        Directory.CreateDirectory(whole.In("part"));
        await File.WriteAllTextAsync(whole.In("part/file"), "text");

        FuseMount part = FuseMount.Expect(Workspace);
        await Command.MustAsync(s_helper, "nowhere.invalid,localhost:/pool1/part", part.Path, "-n", "-o", $"ro,noatime,_netdev,{port},log-file={part.Log}");
        Assert.Equal("text", await File.ReadAllTextAsync(part.In("file")));
        Assert.Throws<IOException>(() => File.WriteAllText(part.In("new"), "x"));

        FuseMount other = FuseMount.Expect(Workspace);
        await Command.MustAsync(s_helper, "nowhere.invalid:/pool1", other.Path, "-o", $"backup-servers=localhost,{port},log-level=DEBUG,log-file={other.Log}");
        Assert.Equal("text", await File.ReadAllTextAsync(other.In("part/file")));
        Assert.Contains("] D [", await File.ReadAllTextAsync(other.Log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:/nothing", "could not be mounted; the log is")]
    [InlineData("pool1", "is not SERVER")]
    [InlineData("localhost:/", "is not SERVER")]
    public async Task What_cannot_be_mounted_is_said_so(string source, string reason)
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "units:1");
        FuseMount mount = FuseMount.Expect(Workspace);
        Command result = await Command.RunAsync(s_helper, source, mount.Path, "-o", $"port=24200,log-file={mount.Log}");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }
}
