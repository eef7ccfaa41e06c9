using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>
/// Every kind of client writes 10,000 small files and large ones of 1 GiB, dense and sparse, while a unit is killed and brought back.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class RealClientTests : IntegrationTest
{
    private static readonly WorkSize s_large = new(Files: 10_000, Bytes: 1L << 30, Piece: 0);

    // In pieces of 3,000 bytes, a call each.
    private static readonly WorkSize s_ofNfs4 = s_large with { Bytes = 16 << 20 };

    [Theory]
    [Trait("Part", "client-mount")]
    [InlineData(nameof(RealClient.Fuse), false)]
    [InlineData(nameof(RealClient.Fuse), true)]
    public Task A_mount(string client, bool isDisperse) => RunAsync(client, isDisperse);

    [Theory]
    [Trait("Part", "client-gfapi")]
    [InlineData(nameof(RealClient.Gfapi), false)]
    [InlineData(nameof(RealClient.GfapiUnix), true)]
    public Task Libgfapi(string client, bool isDisperse) => RunAsync(client, isDisperse);

    [Theory]
    [Trait("Part", "client-samba")]
    [InlineData(nameof(RealClient.Samba), false)]
    [InlineData(nameof(RealClient.Samba), true)]
    public Task Samba(string client, bool isDisperse) => RunAsync(client, isDisperse);

    [Theory]
    [Trait("Part", "client-nfs3")]
    [InlineData(false)]
    [InlineData(true)]
    public Task NFSv3(bool isDisperse) => RunAsync(nameof(RealClient.Nfs3), isDisperse);

    [Theory]
    [Trait("Part", "client-nfs4")]
    [InlineData(false)]
    [InlineData(true)]
    public Task NFSv4(bool isDisperse) => RunAsync(nameof(RealClient.Nfs4), isDisperse);

    [Theory]
    [Trait("Part", "client-nfs3-patched")]
    [InlineData(false)]
    [InlineData(true)]
    public Task NFSv3_with_our_patches(bool isDisperse) => RunAsync(nameof(RealClient.PatchedNfs3), isDisperse);

    [Theory]
    [Trait("Part", "client-nfs4-patched")]
    [InlineData(false)]
    [InlineData(true)]
    public Task NFSv4_with_our_patches(bool isDisperse) => RunAsync(nameof(RealClient.PatchedNfs4), isDisperse);

    [Theory]
    [Trait("Part", "client-qemu")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Qemu(bool isDisperse)
    {
        var clock = Stopwatch.StartNew();
        var pools = PoolHarness.Create(Workspace);
        var scenario = new ImageUnderRestarts(Workspace, pools, await Manifest.CompileAsync(Workspace));
        int count = await scenario.RunAsync(isDisperse, isLocal: isDisperse, rounds: 4);
        string port = ((int)(await pools.StatusAsync("pool1"))["port"]!).ToString(CultureInfo.InvariantCulture);
        await ImageLife.RunAsync(Workspace, name => $"gluster+tcp://127.0.0.1:{port}/pool1/{name}", bytes: 1L << 30);
        TestFigures.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"QEMU, {KindOf(isDisperse)}: {count} writes under 12 restarts of units, 0 wrong; images of 1 GiB made, changed and compared; " +
            $"{clock.Elapsed.TotalSeconds:0} s"));
    }

    private async Task RunAsync(string name, bool isDisperse)
    {
        RealClient client = RealClient.Workers[name];
        WorkSize size = (client == RealClient.Nfs4 || client == RealClient.PatchedNfs4 ? s_ofNfs4 : s_large) with { Piece = client.Piece };
        var clock = Stopwatch.StartNew();
        var pools = PoolHarness.Create(Workspace);
        var scenario = new ClientUnderKills(Workspace, pools, await Manifest.CompileAsync(Workspace));
        await scenario.CreateAsync(isDisperse);
        TimeSpan longest =
            await scenario.RunAsync(await client.StartAsync(Workspace, pools, ClientUnderKills.Pool), size, isDisperse);
        TestFigures.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{client.Words}, {KindOf(isDisperse)}: {size.Files} files, {size.Bytes >> 20} MiB dense and " +
            $"sparse, a unit killed: 0 to heal, units equal, longest wait {longest.TotalSeconds:0.0} s; {clock.Elapsed.TotalSeconds:0} s"));
    }

    private static string KindOf(bool isDisperse) => isDisperse ? "2 data and 1 redundancy" : "mirror of 3";
}
