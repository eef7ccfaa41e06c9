using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>
/// Every kind of client does a little of everything in a pool while a unit is killed. Long.Tests has the same in large, on a disperse
/// pool as well.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class RealClientTests : IntegrationTest
{
    private static readonly WorkSize s_small = new(Files: 80, Bytes: 2 << 20, Piece: 0);

    [Theory]
    [InlineData(nameof(RealClient.Fuse), false)]
    [InlineData(nameof(RealClient.Gfapi), false)]
    [InlineData(nameof(RealClient.GfapiUnix), true)]
    [InlineData(nameof(RealClient.Samba), false)]
    [InlineData(nameof(RealClient.Nfs3), false)]
    [InlineData(nameof(RealClient.Nfs4), false)]
    [InlineData(nameof(RealClient.PatchedNfs3), false)]
    [InlineData(nameof(RealClient.PatchedNfs4), false)]
    public async Task A_client_works_on_while_a_unit_is_killed(string name, bool isDisperse)
    {
        RealClient client = RealClient.Workers[name];
        var pools = PoolHarness.Create(Workspace);
        var scenario = new ClientUnderKills(Workspace, pools, await Manifest.CompileAsync(Workspace));
        await scenario.CreateAsync(isDisperse);
        await scenario.RunAsync(
            await client.StartAsync(Workspace, pools, ClientUnderKills.Pool), s_small with { Piece = client.Piece }, isDisperse);
        ClientMatrix.Note(client.Words, ClientMatrix.Column.Connects);
        ClientMatrix.Note(client.Words, ClientMatrix.Column.OptionSet);
        ClientMatrix.Note(client.Words, ClientMatrix.Column.UnitKilled);
    }
}
