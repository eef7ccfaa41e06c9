using System.Text.Json.Serialization;

namespace KadaluFsd.Contract;

/// <summary>How a unit's directory is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthState>))]
public enum HealthState
{
    /// <summary>It can be read and written.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Clients are served, and something needs attention.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>It cannot be served.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>What is wrong with a unit's directory.</summary>
/// <param name="Code">For programs, such as <c>disk-full</c>; see <see cref="HealthCodes"/>.</param>
/// <param name="Text">For people.</param>
public sealed record HealthProblem(string Code, string Text);

/// <summary>How a unit's directory is, as the latest checks of it found.</summary>
/// <param name="State">All in all.</param>
/// <param name="Problems">What is wrong; empty when nothing is.</param>
/// <param name="CheckedAt">When it was checked last, UTC; null for never.</param>
/// <param name="CheckSeconds">How long that took.</param>
/// <param name="SlowestCheckSeconds">How long the slowest check took.</param>
/// <param name="Checks">How often it was checked.</param>
/// <param name="FailedChecks">How many checks found something that can be the end.</param>
/// <param name="ConsecutiveFailures">How many of these since the last good one.</param>
public sealed record UnitHealth(
    HealthState State, HealthProblem[] Problems, DateTime? CheckedAt, double CheckSeconds, double SlowestCheckSeconds,
    long Checks,
    long FailedChecks, int ConsecutiveFailures)
{
    /// <summary>Before the first look.</summary>
    public static UnitHealth Unknown { get; } = new(HealthState.Ok, [], null, 0, 0, 0, 0, 0);

    /// <summary>The problems in one line.</summary>
    /// <returns>Code and text of each.</returns>
    public string Describe() => string.Join("; ", Problems.Select(problem => $"{problem.Code}: {problem.Text}"));
}
