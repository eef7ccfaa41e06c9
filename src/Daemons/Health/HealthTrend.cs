using KadaluFsd.Contract;

namespace KadaluFsd.Daemons.Health;

/// <summary>How checks, one after the other, change the health of a unit's directory.</summary>
internal static class HealthTrend
{
    /// <summary>The health after a check.</summary>
    /// <param name="at">When, UTC.</param>
    /// <param name="allowedFailures">How many failed checks in a row end the unit.</param>
    internal static UnitHealth After(
        this UnitHealth before, IReadOnlyList<HealthProblem> problems, DateTime at, TimeSpan duration, int allowedFailures)
    {
        bool isFailure = problems.Any(problem => HealthSeverities.Of(problem) != HealthSeverity.Tolerable);
        int failures = isFailure ? before.ConsecutiveFailures + 1 : 0;
        bool isEnd = failures >= allowedFailures || problems.Any(problem => HealthSeverities.Of(problem) == HealthSeverity.Fatal);
        HealthState state = isEnd ? HealthState.Failed : problems.Count > 0 ? HealthState.Degraded : HealthState.Ok;
        return new UnitHealth(
            state, [.. problems], at, duration.TotalSeconds, Math.Max(before.SlowestCheckSeconds, duration.TotalSeconds),
            before.Checks + 1, before.FailedChecks + (isFailure ? 1 : 0), failures);
    }
}
