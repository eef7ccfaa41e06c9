using System.Globalization;
using KadaluFsd.Native;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace KadaluFsd.Fsd.Logging;

/// <summary>
/// Takes the program's log events to the process's log: one file, one format, one order. Events from before the log is open are kept,
/// and follow once it is.
/// </summary>
internal sealed class LogSink : ILogEventSink
{
    // Nothing logs this much before the log is open; a bound all the same.
    private const int MaxKept = 256;

    // "lj" writes texts without quotes.
    private static readonly MessageTemplateTextFormatter s_format = new("{Message:lj} {Exception}", CultureInfo.InvariantCulture);

    private readonly Lock _lock = new();
    private readonly List<LogEvent> _kept = [];
    private volatile ILogOutput? _output;

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (_output is { } output)
        {
            Write(output, logEvent);
            return;
        }

        lock (_lock)
        {
            if (_output is { } opened)
            {
                Write(opened, logEvent);
            }
            else if (_kept.Count < MaxKept)
            {
                _kept.Add(logEvent);
            }
        }
    }

    /// <summary>Sends everything to a log from now on, the kept events first.</summary>
    /// <param name="output">The log.</param>
    internal void Open(ILogOutput output)
    {
        lock (_lock)
        {
            foreach (LogEvent kept in _kept)
            {
                Write(output, kept);
            }

            _kept.Clear();
            _output = output;
        }
    }

    private static void Write(ILogOutput output, LogEvent logEvent)
    {
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        s_format.Format(logEvent, message);
        (int id, string name) = EventOf(logEvent);
        output.Write(LevelOf(logEvent.Level), id, SourceOf(logEvent), name, OneLine(message.ToString()));
    }

    private static GlusterLogLevel LevelOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => GlusterLogLevel.Critical,
        LogEventLevel.Error => GlusterLogLevel.Error,
        LogEventLevel.Warning => GlusterLogLevel.Warning,
        LogEventLevel.Information => GlusterLogLevel.Info,
        LogEventLevel.Debug => GlusterLogLevel.Debug,
        _ => GlusterLogLevel.Trace,
    };

    // Microsoft.Extensions.Logging's EventId arrives as a structure of Id and Name.
    private static (int Id, string Name) EventOf(LogEvent logEvent)
    {
        int id = 0;
        string name = "-";
        if (logEvent.Properties.TryGetValue("EventId", out LogEventPropertyValue? value) && value is StructureValue structure)
        {
            foreach (LogEventProperty property in structure.Properties)
            {
                switch (property)
                {
                    case { Name: "Id", Value: ScalarValue { Value: int number } }:
                        id = number;
                        break;
                    case { Name: "Name", Value: ScalarValue { Value: string text } }:
                        name = text;
                        break;
                }
            }
        }

        return (id, name);
    }

    private static string SourceOf(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out LogEventPropertyValue? value) &&
        value is ScalarValue { Value: string source }
            ? source[(source.LastIndexOf('.') + 1)..]
            : "-";

    // What a peer sent may be part of a message: it must not be able to write lines of its own.
    private static string OneLine(string message) =>
        string.Create(message.TrimEnd().Length, message, static (line, text) =>
        {
            for (int index = 0; index < line.Length; index++)
            {
                line[index] = char.IsControl(text[index]) ? '?' : text[index];
            }
        });
}
