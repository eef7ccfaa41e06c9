using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace KadaluFsd.Hosting.Logging;

/// <summary>A line of a log, as GlusterFS's format has it. It is one line, whatever a peer has sent that is part of it.</summary>
/// <param name="Level">How serious it is.</param>
/// <param name="MessageId">Number of the message; 0 for none.</param>
/// <param name="Source">Where in the program: a class.</param>
/// <param name="Name">Where in it: the message's name.</param>
/// <param name="Message">What is said.</param>
public sealed record LogLine(GlusterLogLevel Level, int MessageId, string Source, string Name, string Message)
{
    // What Serilog.Extensions.Logging makes of the number and the name of a message.
    private const string EventProperty = "EventId";
    private const string IdMember = "Id";
    private const string NameMember = "Name";

    /// <summary>What part of the process speaks, as GlusterFS shows it.</summary>
    public const string Domain = "kadalu-fsd";

    /// <summary>The line for something that was logged.</summary>
    internal static LogLine Of(LogEvent logged)
    {
        StructureValue? message = logged.Properties.GetValueOrDefault(EventProperty) as StructureValue;
        string category = ScalarOf(logged.Properties.GetValueOrDefault(Constants.SourceContextPropertyName)) as string ?? "-";
        return new LogLine(
            LevelOf(logged.Level), ScalarOf(Member(message, IdMember)) as int? ?? 0, category[(category.LastIndexOf('.') + 1)..],
            ScalarOf(Member(message, NameMember)) as string ?? "-", OneLine($"{Render(logged)} {logged.Exception}"));
    }

    /// <summary>
    /// The least serious of Serilog's levels that is logged at a level of GlusterFS's, whose "notice" is no level of programs.
    /// </summary>
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

    // Serilog would put texts in quotes.
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
