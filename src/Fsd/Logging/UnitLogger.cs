using KadaluFsd.Native;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace KadaluFsd.Fsd.Logging;

/// <summary>Wires Microsoft.Extensions.Logging to the unit's log.</summary>
internal static class UnitLogger
{
    /// <summary>A factory whose loggers write to <paramref name="sink"/>.</summary>
    /// <param name="sink">Where the events go.</param>
    /// <param name="level">The least serious level that is passed on; may change.</param>
    /// <returns>The factory, the caller's to dispose.</returns>
    internal static ILoggerFactory Create(ILogEventSink sink, LoggingLevelSwitch level)
    {
        Logger logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level)
            .WriteTo.Sink(sink)
            .CreateLogger();
        return new LoggerFactory([new SerilogLoggerProvider(logger, dispose: true)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
    }

    /// <summary>What Serilog calls a level of GlusterFS.</summary>
    /// <param name="level">GlusterFS's.</param>
    /// <returns>Serilog's.</returns>
    internal static LogEventLevel LevelOf(GlusterLogLevel level) => level switch
    {
        GlusterLogLevel.Critical => LogEventLevel.Fatal,
        GlusterLogLevel.Error => LogEventLevel.Error,
        GlusterLogLevel.Warning => LogEventLevel.Warning,
        GlusterLogLevel.Notice or GlusterLogLevel.Info => LogEventLevel.Information,
        GlusterLogLevel.Debug => LogEventLevel.Debug,
        _ => LogEventLevel.Verbose,
    };
}
