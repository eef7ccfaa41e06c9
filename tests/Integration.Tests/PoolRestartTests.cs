using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>What the restart of a unit waits for, and for how long. The two waits are over one another, since each lasts a minute.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolRestartTests : IntegrationTest
{
    [Fact]
    public async Task What_does_not_pass_by_itself_is_waited_for_a_minute_and_is_said()
    {
        var split = PoolHarness.Create(Workspace, "split");
        await SplitBrain.CreateAsync(split);
        await split.MustAsync("reset", "pool1", "cluster.self-heal-daemon");
        var away = PoolHarness.Create(Workspace, "away");
        await away.CreateAsync("pool2", "mirror", "3", "units:3");
        await away.KillAsync("pool2", [1]);
        int?[] before = await away.ProcessesAsync("pool2");

        // Nothing of the units changes: nobody waits.
        await split.MustAsync("set", "pool1", "network.ping-timeout", "9");

        Command[] results = await Task.WhenAll(
            split.TryAsync("set", "pool1", "features.leases", "on"), away.TryAsync("set", "pool2", "features.leases", "on"));
        MustSay(results[0], "to heal, some in split-brain (pool heal split-brain)");
        MustSay(results[1], "does not run, or does not answer");
        Assert.Equal(before, await away.ProcessesAsync("pool2"));
    }

    private static void MustSay(Command result, string reason)
    {
        MustBeRefused(result, $"{reason}, after 1 min of waiting");
        Assert.Contains(
            result.Output.Split('\n'),
            line => line.StartsWith("waiting: ", StringComparison.Ordinal) && line.EndsWith(reason, StringComparison.Ordinal));
    }
}
