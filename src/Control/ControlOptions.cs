using System.Net;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Control;

/// <summary>Where the control API is served.</summary>
public sealed class ControlOptions
{
    /// <summary>Path of its control socket; null for none.</summary>
    [ConfigurationKeyName("control")]
    public string? Control { get; set; }

    /// <summary>
    /// Where its figures are served over TCP, for those who cannot reach the control socket; null for nowhere.
    /// </summary>
    [ConfigurationKeyName("metrics-listen"), EndPoint]
    public string? MetricsListen { get; set; }

    /// <summary>Reads where its figures are served.</summary>
    /// <returns>The address; null for nowhere.</returns>
    internal IPEndPoint? ParseMetricsListen() => MetricsListen is null ? null : IPEndPoint.Parse(MetricsListen);

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static ControlOptions Of(GivenOptions given) =>
        given.Bind<ControlOptions>(static (values, options) => values.Bind(options), new ControlOptionsValidator());
}

/// <summary>Checks <see cref="ControlOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ControlOptionsValidator : IValidateOptions<ControlOptions>;
