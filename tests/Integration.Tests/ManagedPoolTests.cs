using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>Pools of Kadalu's manager, whose processes are ours.</summary>
public sealed class ManagedPoolTests : IntegrationTest
{
    [Theory]
    [InlineData(2)]
    [LongData(5)]
    public Task The_managers_life_of_a_pool_again_and_again(int rounds) => new ManagedPool(Workspace).RunAsync(rounds);
}
