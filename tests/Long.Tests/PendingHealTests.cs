using KadaluFsd.Harness;
using KadaluFsd.Harness.Scenarios;

namespace KadaluFsd.Long.Tests;

/// <summary>That nothing waits for being healed is said when it is known.</summary>
[Trait("Part", "pending")]
public sealed class PendingHealTests : IntegrationTest
{
    private const int Rounds = 60;

    [Fact]
    public Task Sixty_pools_made_again_from_their_directories() => new PendingRounds(Workspace).AdoptAsync(Rounds);

    [Fact]
    public Task Sixty_resets_of_options_under_load() => new PendingRounds(Workspace).ResetAsync(Rounds);

    [Fact]
    public Task Sixty_losses_in_each_of_two_disperse_groups() => new PendingRounds(Workspace).DisperseAsync(Rounds);
}
