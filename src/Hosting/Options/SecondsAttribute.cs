using System.ComponentModel.DataAnnotations;

namespace KadaluFsd.Hosting.Options;

/// <summary>A time from a tenth of a second to an hour.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsAttribute : ValidationAttribute
{
    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan s_most = TimeSpan.FromHours(1);

    /// <summary>Whether it may be no time at all.</summary>
    public bool OrNone { get; init; }

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not TimeSpan time || (time >= s_least && time <= s_most) ||
        (OrNone && time == TimeSpan.Zero);
}
