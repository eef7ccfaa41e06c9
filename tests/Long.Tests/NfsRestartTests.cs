using System.Diagnostics;
using System.Globalization;
using KadaluFsd.Harness;

namespace KadaluFsd.Long.Tests;

/// <summary>How long clients of NFS wait while units are restarted, one after the other, as for an upgrade.</summary>
[Collection(PoolHarness.OneAtATime)]
[Trait("Part", "nfs-restarts")]
public sealed class NfsRestartTests : IntegrationTest
{
    private const int Units = 3;

    // It waits for heals, and files are written all the time.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    // What the product promises.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(nameof(RealClient.Nfs3), false)]
    [InlineData(nameof(RealClient.Nfs3), true)]
    [InlineData(nameof(RealClient.Nfs4), false)]
    [InlineData(nameof(RealClient.Nfs4), true)]
    public async Task Clients_wait_ten_seconds_at_most(string name, bool isDisperse)
    {
        RealClient client = RealClient.Workers[name];
        var pools = PoolHarness.Create(Workspace);
        string[] units = pools.Units("pool1", Units);
        await pools.CreateAsync("pool1", isDisperse ? ["data", units[0], units[1], "redundancy", units[2]] : ["mirror", .. units]);
        ClientWork work = await client.StartAsync(Workspace, pools, "pool1");
        await using ClientWork.Writing writing = work.Write("work", new WorkSize(Files: 20_000, Bytes: 1 << 20, client.Piece));
        await writing.ReachAsync("small", percent: 1);

        // Each unit is stopped and started, the next one when the one before is healed and its clients are back.
        for (int round = 0; round < 2; round++)
        {
            using Process change = await pools.StartAsync("set", "pool1", "unit.log-limit", $"{201 + round}", "--restart");
            using var limit = new CancellationTokenSource(s_patience);
            await change.WaitForExitAsync(limit.Token);
            Assert.Equal(0, change.ExitCode);
        }

        TimeSpan longest = await writing.EndAsync();
        TestFigures.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{client.Words}, {(isDisperse ? "2 data and 1 redundancy" : "mirror of 3")}: 6 restarts of units, longest wait {longest.TotalSeconds:0.0} s"));
        Assert.True(longest < s_longest, $"{longest.TotalSeconds:0.0} s");
    }
}
