using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>Units of a mirror that are killed in turn while a program writes; in numbers in Long.Tests.</summary>
public sealed class CrashTests : IntegrationTest
{
    [Fact]
    public Task Kills_in_turn_lose_nothing_and_everything_heals() => new KillsInTurn(Workspace).RunAsync(rounds: 6);
}
