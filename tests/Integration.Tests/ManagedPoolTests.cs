using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>Pools of Kadalu's manager, whose processes are ours.</summary>
public sealed class ManagedPoolTests : IntegrationTest
{
    [Fact]
    public Task The_managers_life_of_a_pool_five_times_over() => new ManagedPool(Workspace).RunAsync(rounds: 5);
}
