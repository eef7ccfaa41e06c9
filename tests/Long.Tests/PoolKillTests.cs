using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>Pool commands that are killed somewhere, a hundred times each.</summary>
[Trait("Part", "kills")]
public sealed class PoolKillTests : IntegrationTest
{
    /// <summary>Every command about a pool.</summary>
    public static TheoryData<string> Commands => [.. PoolKills.Commands];

    [Theory]
    [MemberData(nameof(Commands))]
    public Task A_hundred_kills_leave_nothing_and_touch_nobody_else(string command) =>
        new PoolKills(Workspace, PoolHarness.Create(Workspace)).RunAsync(command, rounds: 100);
}
