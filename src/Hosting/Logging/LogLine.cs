using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace KadaluFsd.Hosting.Logging;

/// <summary>A log line with the fields of GlusterFS's format. It is one line, even if it contains text from a peer.</summary>
/// <param name="Level">The level.</param>
/// <param name="MessageId">Number of the message; 0 for none.</param>
/// <param name="Source">The class that logged it.</param>
/// <param name="Name">The name of the message.</param>
/// <param name="Message">The text.</param>
public sealed record LogLine(GlusterLogLevel Level, int MessageId, string Source, string Name, string Message)
{
    // The property in which Serilog.Extensions.Logging keeps number and name of a message.
    private const string EventProperty = "EventId";
    private const string IdMember = "Id";
    private const string NameMember = "Name";

    /// <summary>The part of the process, as GlusterFS shows it.</summary>
    public const string Domain = "kadalu-fsd";

    /// <summary>Makes the line for an event.</summary>
    internal static LogLine Of(LogEvent logged)
    {
        StructureValue? message = logged.Properties.GetValueOrDefault(EventProperty) as StructureValue;
        string category = ScalarOf(logged.Properties.GetValueOrDefault(Constants.SourceContextPropertyName)) as string ?? "-";
        return new LogLine(
            LevelOf(logged.Level), ScalarOf(Member(message, IdMember)) as int? ?? 0, category[(category.LastIndexOf('.') + 1)..],
            ScalarOf(Member(message, NameMember)) as string ?? "-", OneLine($"{Render(logged)} {logged.Exception}"));
    }

    /// <summary>Serilog's level for one of GlusterFS's, of which NOTICE has no equal.</summary>
    internal static LogEventLevel MinimumFor(GlusterLogLevel level) => level switch
    {
        <= GlusterLogLevel.Critical => LogEventLevel.Fatal,
        GlusterLogLevel.Error => LogEventLevel.Error,
        GlusterLogLevel.Warning => LogEventLevel.Warning,
        GlusterLogLevel.Notice or GlusterLogLevel.Info => LogEventLevel.Information,
        GlusterLogLevel.Debug => LogEventLevel.Debug,
        _ => LogEventLevel.Verbose,
    };

    private static GlusterLogLevel LevelOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => GlusterLogLevel.Critical,
        LogEventLevel.Error => GlusterLogLevel.Error,
        LogEventLevel.Warning => GlusterLogLevel.Warning,
        LogEventLevel.Information => GlusterLogLevel.Info,
        LogEventLevel.Debug => GlusterLogLevel.Debug,
        _ => GlusterLogLevel.Trace,
    };

    private static LogEventPropertyValue? Member(StructureValue? structure, string name) =>
        structure?.Properties.FirstOrDefault(property => property.Name == name)?.Value;

    private static object? ScalarOf(LogEventPropertyValue? value) => (value as ScalarValue)?.Value;

    // Serilog would quote strings.
    private static string Render(LogEvent logged)
    {
        var text = new StringBuilder();
        foreach (MessageTemplateToken token in logged.MessageTemplate.Tokens)
        {
            if (token is PropertyToken property &&
                logged.Properties.TryGetValue(property.PropertyName, out LogEventPropertyValue? value))
            {
                text.Append(CultureInfo.InvariantCulture, $"{(value is ScalarValue scalar ? scalar.Value : value)}");
            }
            else
            {
                text.Append(token);
            }
        }

        return text.ToString();
    }

    private static string OneLine(string message) =>
        string.Create(message.TrimEnd().Length, message, static (line, text) =>
        {
            for (int index = 0; index < line.Length; index++)
            {
                line[index] = char.IsControl(text[index]) ? '?' : text[index];
            }
        });
}
