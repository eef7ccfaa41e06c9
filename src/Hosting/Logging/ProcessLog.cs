using KadaluFsd.Contract;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace KadaluFsd.Hosting.Logging;

/// <summary>
/// Writes what the program logs, through Serilog, to the process's log: one file, one format, one order. Events from before the
/// log is open are kept until it is. Any thread may log.
/// </summary>
public sealed class ProcessLog : ILogEventSink, IDisposable
{
    // More than is ever logged before the log is open.
    private const int MaxKept = 256;

    private const string HostCategory = "Microsoft.Extensions.Hosting";
    private const string WebCategory = "Microsoft.AspNetCore";

    private readonly Lock _lock = new();
    private readonly List<LogLine> _kept = [];
    private readonly LoggingLevelSwitch _minimum;
    private readonly Logger _serilog;
    private readonly SerilogLoggerFactory _loggers;
    private volatile ILogOutput? _output;
    private volatile GlusterLogLevel _level;

    /// <summary>Creates a log that is not open yet.</summary>
    /// <param name="level">The least serious level that is logged.</param>
    public ProcessLog(GlusterLogLevel level)
    {
        _level = level;
        _minimum = new LoggingLevelSwitch(LogLine.MinimumFor(level));

        // Parts that cannot start are reported where the process ends, not by the host. The web server has several lines for each
        // request of the control API, which monitoring makes all the time.
        _serilog = new LoggerConfiguration().MinimumLevel.ControlledBy(_minimum)
            .MinimumLevel.Override(HostCategory, LogEventLevel.Fatal)
            .MinimumLevel.Override(WebCategory, LogEventLevel.Warning).WriteTo.Sink(this).CreateLogger();

        // Not disposed of: Serilog would dispose of its sinks, of which this is one.
        _loggers = new SerilogLoggerFactory(_serilog);
    }

    /// <summary>Creates loggers for this log.</summary>
    public ILoggerFactory Loggers => _loggers;

    /// <summary>The least serious level that is logged; may change.</summary>
    public GlusterLogLevel Level
    {
        get => _level;
        set
        {
            _level = value;
            _minimum.MinimumLevel = LogLine.MinimumFor(value);
        }
    }

    /// <summary>Whether it has a destination.</summary>
    internal bool IsOpen => _output is not null;

    /// <summary>Sets the destination, and writes the kept lines to it.</summary>
    /// <param name="output">The destination; remains the caller's.</param>
    public void Open(ILogOutput output)
    {
        lock (_lock)
        {
            _kept.ForEach(kept => Write(output, kept));
            _kept.Clear();
            _output = output;
        }
    }

    /// <inheritdoc/>
    void ILogEventSink.Emit(LogEvent logEvent)
    {
        var line = LogLine.Of(logEvent);
        if (_output is { } output)
        {
            Write(output, line);
            return;
        }

        lock (_lock)
        {
            if (_output is { } opened)
            {
                Write(opened, line);
            }
            else if (_kept.Count < MaxKept)
            {
                _kept.Add(line);
            }
        }
    }

    /// <summary>Disposes of the loggers; the destination stays open.</summary>
    public void Dispose() => _loggers.Dispose();

    // A log that cannot be written, because its disk is full or it has been closed, must not stop the work.
    private static void Write(ILogOutput output, LogLine line)
    {
        try
        {
            output.Write(line);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // There is no other place to report it.
        }
    }
}
