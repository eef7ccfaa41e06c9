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
    [Trait("Part", "clients-mirror")]
    [MemberData(nameof(Clients))]
    public Task A_mirror(string client) => RunAsync(client, isDisperse: false);

    [Theory]
    [Trait("Part", "clients-disperse")]
    [MemberData(nameof(Clients))]
    public Task A_disperse_pool(string client) => RunAsync(client, isDisperse: true);

    public static TheoryData<string> Clients => [.. RealClient.Workers.Keys];

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
            $"{client.Words}, {(isDisperse ? "2 data and 1 redundancy" : "mirror of 3")}: {size.Files} files, {size.Bytes >> 20} MiB dense and " +
            $"sparse, a unit killed: 0 to heal, units equal, longest wait {longest.TotalSeconds:0.0} s; {clock.Elapsed.TotalSeconds:0} s"));
    }
}
