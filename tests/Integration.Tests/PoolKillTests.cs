using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>Pool commands that are killed somewhere: in small.</summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PoolKillTests : IntegrationTest
{
    [Theory]
    [InlineData("create", 2)]
    [LongData("start", 2)]
    [LongData("stop", 2)]
    [InlineData("set", 2)]
    [InlineData("delete", 1)]
    public Task A_killed_command_leaves_nothing_and_touches_nobody_else(string command, int rounds) =>
        new PoolKills(Workspace, PoolHarness.Create(Workspace)).RunAsync(command, rounds);
}
