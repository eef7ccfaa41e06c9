using System.ComponentModel.DataAnnotations;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Daemons.Health;

/// <summary>How a unit's directory is checked.</summary>
internal sealed class HealthOptions
{
    /// <summary>
    /// Time between checks by default. A check is a small synchronous write, which the slowest disk does between two of its
    /// clients'.
    /// </summary>
    internal static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time between checks; zero for none, null for the volfile's <c>health-check-interval</c>, or else
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
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    internal static HealthOptions Of(GivenOptions given) =>
        given.Bind<HealthOptions>(static (values, options) => values.Bind(options), new HealthOptionsValidator());
}

/// <summary>Checks <see cref="HealthOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class HealthOptionsValidator : IValidateOptions<HealthOptions>;
