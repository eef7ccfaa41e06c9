using KadaluFsd.Contract;

namespace KadaluFsd.Daemons.Health;

/// <summary>What looks at a unit's directory, one after the other, make of its health.</summary>
internal static class HealthTrend
{
    /// <summary>What a look makes of it.</summary>
    /// <param name="at">When, UTC.</param>
    /// <param name="allowedFailures">How many failed looks in a row are the end.</param>
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
