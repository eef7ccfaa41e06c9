using System.Globalization;
using KadaluFsd.Native;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace KadaluFsd.Fsd.Logging;

/// <summary>
/// Takes the program's log events to the unit's log, which GlusterFS writes: one file, one format, one order. Events from before the
/// log is open are kept, and follow once it is.
/// </summary>
internal sealed class GlusterLogSink : ILogEventSink
{
    // Nothing logs this much before the log is open; a bound all the same.
    private const int MaxKept = 256;
    private const string Domain = "kadalu-fsd";

    // "lj" writes texts without quotes.
    private static readonly MessageTemplateTextFormatter s_format = new("{Message:lj} {Exception}", CultureInfo.InvariantCulture);

    private readonly Lock _lock = new();
    private readonly List<LogEvent> _kept = [];
    private volatile GlusterContext? _context;

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (_context is { } context)
        {
            Write(context, logEvent);
            return;
        }

        lock (_lock)
        {
            if (_context is { } opened)
            {
                Write(opened, logEvent);
            }
            else if (_kept.Count < MaxKept)
            {
                _kept.Add(logEvent);
            }
        }
    }

    /// <summary>Sends everything to a context's log from now on, the kept events first.</summary>
    /// <param name="context">The context.</param>
    internal void Open(GlusterContext context)
    {
        lock (_lock)
        {
            foreach (LogEvent kept in _kept)
            {
                Write(context, kept);
            }

            _kept.Clear();
            _context = context;
        }
    }

    private static void Write(GlusterContext context, LogEvent logEvent)
    {
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        s_format.Format(logEvent, message);
        (int id, string name) = EventOf(logEvent);
        context.Log(LevelOf(logEvent.Level), id, Domain, SourceOf(logEvent), name, OneLine(message.ToString()));
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
