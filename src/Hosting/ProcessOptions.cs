using KadaluFsd.Hosting.Options;
using Microsoft.Extensions.Configuration;

namespace KadaluFsd.Hosting;

/// <summary>What a process leaves for others to find it and to know how it ran.</summary>
public sealed class ProcessOptions
{
    /// <summary>Path of a file with the process's id, written when clients can be served; null for none.</summary>
    [ConfigurationKeyName(DaemonOptionTable.PidFile)]
    public string? PidFile { get; set; }

    /// <summary>Whether the pid file stays when the process ends as it was told to.</summary>
    [ConfigurationKeyName(GlusterfsdKeys.KeepPidFile)]
    public bool KeepPidFile { get; set; }

    /// <summary>Path of the control socket, beside which it is kept how the process ran; null where it is not kept.</summary>
    [ConfigurationKeyName("control")]
    public string? Control { get; set; }

    /// <summary>Binds them.</summary>
    public static ProcessOptions Of(GivenOptions given) =>
        given.Bind<ProcessOptions>(static (values, options) => values.Bind(options));
}
