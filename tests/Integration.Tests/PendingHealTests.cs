using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Integration.Tests;

/// <summary>
/// That nothing waits for being healed is said when it is known. Sixty rounds of each, and of options that are reset under load,
/// are in Long.Tests.
/// </summary>
[Collection(PoolHarness.OneAtATime)]
public sealed class PendingHealTests : IntegrationTest
{
    [Fact]
    [Trait("Size", "long")]
    public Task Nothing_is_said_to_wait_in_a_pool_made_again_from_its_directories_before_it_is_so() =>
        new PendingRounds(Workspace).AdoptAsync(rounds: 2);

    [Fact]
    public Task Nothing_is_said_to_wait_in_two_disperse_groups_before_it_is_so() =>
        new PendingRounds(Workspace).DisperseAsync(rounds: 2);
}
