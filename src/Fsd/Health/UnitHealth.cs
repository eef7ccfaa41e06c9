namespace KadaluFsd.Fsd.Health;

/// <summary>How a unit's directory is, as the latest looks at it found.</summary>
/// <param name="State">All in all.</param>
/// <param name="Problems">What is wrong; empty when nothing is.</param>
/// <param name="CheckedAt">When it was looked at last, UTC; null for never.</param>
/// <param name="LookSeconds">How long that took.</param>
/// <param name="SlowestLookSeconds">How long the slowest look took.</param>
/// <param name="Looks">How often it was looked at.</param>
/// <param name="FailedLooks">How many looks found something that can be the end.</param>
/// <param name="ConsecutiveFailures">How many of these since the last good one.</param>
internal sealed record UnitHealth(
    HealthState State, HealthProblem[] Problems, DateTime? CheckedAt, double LookSeconds, double SlowestLookSeconds, long Looks, long FailedLooks, int ConsecutiveFailures)
{
    /// <summary>Before the first look.</summary>
    internal static UnitHealth Unknown { get; } = new(HealthState.Ok, [], null, 0, 0, 0, 0, 0);

    /// <summary>What a look makes of it.</summary>
    /// <param name="problems">What was found.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="allowedFailures">How many failed looks in a row are the end.</param>
    /// <returns>How it is now.</returns>
    internal UnitHealth After(IReadOnlyList<HealthProblem> problems, DateTime at, TimeSpan duration, int allowedFailures)
    {
        bool isFailure = problems.Any(problem => HealthCodes.Weigh(problem.Code) != HealthState.Degraded);
        int failures = isFailure ? ConsecutiveFailures + 1 : 0;
        bool isEnd = failures >= allowedFailures || problems.Any(problem => HealthCodes.Weigh(problem.Code) == HealthState.Failed);
        HealthState state = isEnd ? HealthState.Failed : problems.Count > 0 ? HealthState.Degraded : HealthState.Ok;
        return new UnitHealth(
            state, [.. problems], at, duration.TotalSeconds, Math.Max(SlowestLookSeconds, duration.TotalSeconds), Looks + 1, FailedLooks + (isFailure ? 1 : 0), failures);
    }

    /// <summary>The problems in one line.</summary>
    /// <returns>Code and text of each.</returns>
    internal string Describe() => string.Join("; ", Problems.Select(problem => $"{problem.Code}: {problem.Text}"));
}
