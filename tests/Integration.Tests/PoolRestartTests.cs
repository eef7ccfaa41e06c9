using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>What the restart of a unit waits for, and for how long. The two waits are over one another, since each lasts a minute.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolRestartTests : IntegrationTest
{
    [Fact]
    [Trait("Size", "long")]
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
        MustSay(results[0], "to heal, some in split-brain (kadalu heal info --split-brain)");
        MustSay(results[1], "does not run, or does not answer");
        int?[] after = await away.ProcessesAsync("pool2");
        Assert.Equal((before[0], before[2]), (after[0], after[2]));
    }

    [Fact]
    public async Task What_cuts_clients_off_is_taken_back_before_the_next_unit_loses_them_too()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        FuseMount mount = await pools.MountAsync("pool1");
        await File.WriteAllTextAsync(mount.In("file"), "text");
        int? second = (await pools.ProcessesAsync("pool1"))[1];

        // Clients connect to what the node's name means, which is another address.
        Command refused = await pools.TryAsync("set", "pool1", "unit.bind-address", "127.0.7.7", "--restart");
        MustBeRefused(refused, "has come back to it within 30 s");
        Assert.Contains("the options are what they were", refused.Error, StringComparison.Ordinal);
        Assert.Equal(second, (await pools.ProcessesAsync("pool1"))[1]);
        Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
        Assert.Equal("text", await File.ReadAllTextAsync(mount.In("file")));
        await mount.ConnectedAsync("pool1", units: 2);
    }

    [Fact]
    public async Task A_unit_that_died_is_started_by_the_start_that_finishes_a_change()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "3", "units:3");
        await pools.KillAsync("pool1", [2]);
        await pools.DiesAtAsync("volfiles are changed", "set", "pool1", "features.leases", "on");
        await pools.MustAsync("start", "pool1");
        Assert.DoesNotContain(null, await pools.ProcessesAsync("pool1"));
    }

    [Fact]
    public async Task A_restart_of_units_that_was_interrupted_is_taken_back_and_can_be_ordered_again()
    {
        var pools = PoolHarness.Create(Workspace);
        await pools.CreateAsync("pool1", "mirror", "2", "units:2");
        int?[] before = await pools.ProcessesAsync("pool1");
        await pools.DiesAtAsync("a change is noted", "set", "pool1", "unit.log-level", "DEBUG", "--restart");
        await pools.MustAsync("start", "pool1");
        Assert.Empty((await pools.StatusAsync("pool1"))["options"]!.AsObject());
        await pools.MustAsync("set", "pool1", "unit.log-level", "DEBUG", "--restart");
        Assert.Empty(before.Intersect(await pools.ProcessesAsync("pool1")));
    }

    private static void MustSay(Command result, string reason)
    {
        MustBeRefused(result, $"{reason}, after 1 min of waiting");
        Assert.Contains(
            result.Output.Split('\n'),
            line => line.Contains(": waiting: ", StringComparison.Ordinal) && line.EndsWith(reason, StringComparison.Ordinal));
    }
}
