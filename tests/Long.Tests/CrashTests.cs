using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>Units of a mirror that are killed in turn while a program writes.</summary>
[Trait("Part", "kills")]
public sealed class CrashTests : IntegrationTest
{
    [Fact]
    public Task Fifty_kills_in_turn_lose_nothing_and_everything_heals() => new KillsInTurn(Workspace).RunAsync(rounds: 50);
}
