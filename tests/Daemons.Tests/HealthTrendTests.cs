using KadaluFsd.Contract;
using KadaluFsd.Daemons.Health;

namespace KadaluFsd.Daemons.Tests;

/// <summary>What one look at a unit's directory after the other makes of its health.</summary>
public class HealthTrendTests
{
    private const int Allowed = 3;

    [Theory]
    [InlineData(HealthCodes.WrongVolume)]
    [InlineData(HealthCodes.WrongFileSystem)]
    [InlineData(HealthCodes.DirectoryMissing)]
    [InlineData(HealthCodes.GraphDown)]
    public void What_no_second_look_can_change_is_the_end_at_once(string code) =>
        Assert.Equal(
            HealthState.Failed, UnitHealth.Unknown.After([new HealthProblem(code, "")], default, default, Allowed).State);

    [Theory]
    [InlineData(HealthCodes.InputOutput)]
    [InlineData(HealthCodes.Timeout)]
    [InlineData(HealthCodes.ReadOnly)]
    public void What_may_pass_is_the_end_when_it_was_found_as_often_in_a_row_as_is_allowed(string code)
    {
        HealthState[] states = [.. After(code, code, code).Select(health => health.State)];
        Assert.Equal([HealthState.Degraded, HealthState.Degraded, HealthState.Failed], states);
    }

    [Theory]
    [InlineData(HealthCodes.DiskFull)]
    [InlineData(HealthCodes.InodesExhausted)]
    [InlineData(HealthCodes.DescriptorsExhausted)]
    [InlineData(HealthCodes.MemoryExhausted)]
    public void What_clients_can_live_with_is_never_the_end(string code) =>
        Assert.All(After(code, code, code, code, code), health => Assert.Equal(HealthState.Degraded, health.State));

    [Fact]
    public void A_good_look_in_between_begins_anew()
    {
        UnitHealth last = After(HealthCodes.InputOutput, HealthCodes.InputOutput, null, HealthCodes.InputOutput).Last();
        Assert.Equal((HealthState.Degraded, 1, 4L, 3L), (last.State, last.ConsecutiveFailures, last.Checks, last.FailedChecks));
    }

    [Fact]
    public void The_slowest_look_is_remembered()
    {
        UnitHealth slow = UnitHealth.Unknown.After([], default, TimeSpan.FromSeconds(2), Allowed);
        UnitHealth last = slow.After([], default, TimeSpan.FromSeconds(1), Allowed);
        Assert.Equal((1.0, 2.0), (last.CheckSeconds, last.SlowestCheckSeconds));
    }

    private static IEnumerable<UnitHealth> After(params string?[] codes)
    {
        UnitHealth health = UnitHealth.Unknown;
        foreach (string? code in codes)
        {
            health = health.After(code is null ? [] : [new HealthProblem(code, "")], default, default, Allowed);
            yield return health;
        }
    }
}
