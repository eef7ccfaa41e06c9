using System.ComponentModel.DataAnnotations;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Daemons.Health;

/// <summary>How a unit's directory is watched.</summary>
internal sealed class HealthOptions
{
    /// <summary>
    /// How often it is checked where nothing is said: a small synchronous write, which the slowest disk does between two of its
    /// clients'.
    /// </summary>
    internal static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often it is checked; zero for never, null for the volfile's <c>health-check-interval</c>, or else
    /// <see cref="DefaultInterval"/>.
    /// </summary>
    [ConfigurationKeyName("health-interval"), Seconds(OrNone = true)]
    public TimeSpan? Interval { get; set; }

    /// <summary>
    /// How long a check may take. Longer than a busy disk needs, and than a drive tries to read a bad sector.
    /// </summary>
    [ConfigurationKeyName("health-timeout"), Seconds]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many failed checks in a row end the unit.</summary>
    [ConfigurationKeyName("health-failures"), Range(1, 1000)]
    public int Failures { get; set; } = 3;

    /// <summary>Binds and checks them.</summary>
    /// <param name="given">What the process was told.</param>
    /// <returns>The options.</returns>
    /// <exception cref="CommandException">One is wrong.</exception>
    internal static HealthOptions Of(GivenOptions given) =>
        given.Bind<HealthOptions>(static (values, options) => values.Bind(options), new HealthOptionsValidator());
}

/// <summary>Checks <see cref="HealthOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class HealthOptionsValidator : IValidateOptions<HealthOptions>;
