using KadaluFsd.Hosting.Logging;
using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;

namespace KadaluFsd.Serving.Access;

/// <summary>Where and how fetches are logged.</summary>
public sealed class AccessLogOptions
{
    /// <summary>Path of the access log, one line for each fetched volfile; null for none.</summary>
    [ConfigurationKeyName("access-log")]
    public string? Path { get; set; }

    /// <summary>How its lines are written.</summary>
    [ConfigurationKeyName("access-log-format")]
    public LogFormat Format { get; set; }

    /// <summary>Binds them.</summary>
    public static AccessLogOptions Of(GivenOptions given) =>
        given.Bind<AccessLogOptions>(static (values, options) => values.Bind(options));
}
