using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>The health of a unit's directory.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthState>))]
public enum HealthState
{
    /// <summary>The directory can be read and written.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Clients are served, but something needs attention.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>It cannot be served.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>A problem of a unit's directory.</summary>
/// <param name="Code">For programs, such as <c>disk-full</c>; see <see cref="HealthCodes"/>.</param>
/// <param name="Text">A text for people.</param>
public sealed record HealthProblem(string Code, string Text);

/// <summary>The health of a unit's directory, by its latest checks.</summary>
/// <param name="State">The overall state.</param>
/// <param name="Problems">The problems; empty when there are none.</param>
/// <param name="CheckedAt">When it was checked last, UTC; null for never.</param>
/// <param name="CheckSeconds">How long that check took.</param>
/// <param name="SlowestCheckSeconds">How long the slowest check took.</param>
/// <param name="Checks">The number of checks.</param>
/// <param name="FailedChecks">How many checks found a problem that can end the unit.</param>
/// <param name="ConsecutiveFailures">How many of these in a row, up to now.</param>
public sealed record UnitHealth(
    HealthState State, HealthProblem[] Problems, DateTime? CheckedAt, double CheckSeconds, double SlowestCheckSeconds,
    long Checks,
    long FailedChecks, int ConsecutiveFailures)
{
    /// <summary>Before the first check.</summary>
    public static UnitHealth Unknown { get; } = new(HealthState.Ok, [], null, 0, 0, 0, 0, 0);

    /// <summary>The problems in one line.</summary>
    /// <returns>Code and text of each.</returns>
    public string Describe() => string.Join("; ", Problems.Select(problem => $"{problem.Code}: {problem.Text}"));
}
