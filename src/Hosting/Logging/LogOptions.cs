using System.ComponentModel.DataAnnotations;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KadaluFsd.Hosting.Logging;

/// <summary>Where, how and how much a process logs.</summary>
public sealed class LogOptions
{
    /// <summary>Path of the log; <c>-</c> for standard error, where a process in the foreground is expected to log.</summary>
    [ConfigurationKeyName("log")]
    public string Path { get; set; } = "-";

    /// <summary>The least serious level that is logged; GlusterFS's own default.</summary>
    [ConfigurationKeyName("log-level")]
    public GlusterLogLevel Level { get; set; } = GlusterLogLevel.Info;

    /// <summary>How the log's lines are written. A gateway's are text.</summary>
    [ConfigurationKeyName("log-format")]
    public LogFormat Format { get; set; }

    /// <summary>
    /// Unit, heal daemon: how many lines one place in the translators' source may log in ten seconds, debugging excepted; 0 for
    /// any number.
    /// </summary>
    [ConfigurationKeyName("log-limit"), Range(0, 1_000_000)]
    public int Limit { get; set; } = 200;

    /// <summary>Binds and checks them.</summary>
    /// <exception cref="CommandException">An option is wrong; says which.</exception>
    public static LogOptions Of(GivenOptions given) =>
        given.Bind<LogOptions>(static (values, options) => values.Bind(options), new LogOptionsValidator());
}

/// <summary>Checks <see cref="LogOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class LogOptionsValidator : IValidateOptions<LogOptions>;
