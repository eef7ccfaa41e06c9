using Microsoft.Extensions.Logging;

namespace KadaluFsd.Daemons.Graph;

/// <summary>Messages about signals and control socket requests. Numbers below 3100.</summary>
/// <remarks>The numbers appear as MSGID and never change their meaning.</remarks>
internal static partial class ControlLog
{
    [LoggerMessage(3016, LogLevel.Information, "the graph has taken the options of {Volfile}")]
    internal static partial void Reconfigured(ILogger logger, string volfile);

    [LoggerMessage(
        3017, LogLevel.Warning,
        "{Volfile} has other translators than the running graph, or in another order, or other connections: nothing was " +
        "changed, a restart is needed")]
    internal static partial void NewGraphNeeded(ILogger logger, string volfile);

    [LoggerMessage(3018, LogLevel.Error, "{Volfile} is not used: {Reason}; the graph is unchanged")]
    internal static partial void ReloadRefused(ILogger logger, string volfile, string reason);

    [LoggerMessage(3020, LogLevel.Information, "asked GlusterFS to write a statedump")]
    internal static partial void StatedumpOrdered(ILogger logger);

    [LoggerMessage(3041, LogLevel.Error, "no statedump is written: {Reason}")]
    internal static partial void StatedumpRefused(ILogger logger, string reason);

    [LoggerMessage(3023, LogLevel.Information, "the log level is {Level} now")]
    internal static partial void LogLevelChanged(ILogger logger, string level);

    [LoggerMessage(3024, LogLevel.Information, "volume {Volume}: option {Option} is set to {Value} until the process ends")]
    internal static partial void OptionSet(ILogger logger, string volume, string option, string value);

    [LoggerMessage(3025, LogLevel.Information, "volume {Volume}: option {Option} is set back to the volfile's value")]
    internal static partial void OptionUnset(ILogger logger, string volume, string option);

    [LoggerMessage(
        3026, LogLevel.Warning,
        "draining: no new connections; stopping when the last of {Clients} clients has gone, or in {Seconds} s")]
    internal static partial void Draining(ILogger logger, int clients, double seconds);

    [LoggerMessage(3033, LogLevel.Information, "volfile \"{Key}\" was replaced: {Bytes} bytes, sha256 {Hash}")]
    internal static partial void VolfilePut(ILogger logger, string key, int bytes, string hash);

    [LoggerMessage(3038, LogLevel.Information, "heal requested ({Kind}): {Units} units are crawled")]
    internal static partial void HealOrdered(ILogger logger, string kind, int units);

    [LoggerMessage(
        3242, LogLevel.Information,
        "unit {Unit} comes back without its files: {Marked} files and directories are marked on the others")]
    internal static partial void UnitMarked(ILogger logger, string unit, long marked);
}
