using KadaluFsd.Native;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Logging;

/// <summary>
/// Takes what the program logs to the process's log: one file, one format, one order. Lines from before the log is open are kept, and follow
/// once it is. Any thread may log.
/// </summary>
/// <param name="level">The least serious level that is logged.</param>
internal sealed class ProcessLog(GlusterLogLevel level) : ILoggerFactory
{
    // Nothing logs this much before the log is open; a bound all the same.
    private const int MaxKept = 256;

    private readonly Lock _lock = new();
    private readonly List<Line> _kept = [];
    private volatile ILogOutput? _output;
    private volatile GlusterLogLevel _level = level;

    /// <summary>The least serious level that is logged; may change. GlusterFS's "notice" is no level of programs: Info is logged then.</summary>
    internal GlusterLogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one log");

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Source(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <summary>Sends everything to a log from now on, the kept lines first.</summary>
    /// <param name="output">The log; stays the caller's.</param>
    internal void Open(ILogOutput output)
    {
        lock (_lock)
        {
            _kept.ForEach(kept => Write(output, kept));

            _kept.Clear();
            _output = output;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing here that ends: the log is another's.
    }

    private bool IsEnabled(LogLevel wanted) => wanted != LogLevel.None && LevelOf(wanted) <= (_level == GlusterLogLevel.Notice ? GlusterLogLevel.Info : _level);

    private void Add(Line line)
    {
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

    // A log that cannot be written, because its disk is full or it has been closed, ends nothing of what is logged about.
    private static void Write(ILogOutput output, Line line)
    {
        try
        {
            output.Write(line.Level, line.Id, line.Source, line.Name, line.Message);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // There is no other place to say it.
        }
    }

    private static GlusterLogLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Critical => GlusterLogLevel.Critical,
        LogLevel.Error => GlusterLogLevel.Error,
        LogLevel.Warning => GlusterLogLevel.Warning,
        LogLevel.Information => GlusterLogLevel.Info,
        LogLevel.Debug => GlusterLogLevel.Debug,
        _ => GlusterLogLevel.Trace,
    };

    // What a peer sent may be part of a message: it must not be able to write lines of its own.
    private static string OneLine(string message) =>
        string.Create(message.TrimEnd().Length, message, static (line, text) =>
        {
            for (int index = 0; index < line.Length; index++)
            {
                line[index] = char.IsControl(text[index]) ? '?' : text[index];
            }
        });

    private readonly record struct Line(GlusterLogLevel Level, int Id, string Source, string Name, string Message);

    private sealed class Source(ProcessLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (log.IsEnabled(logLevel))
            {
                log.Add(new Line(LevelOf(logLevel), eventId.Id, name, eventId.Name ?? "-", OneLine($"{formatter(state, exception)} {exception}")));
            }
        }
    }
}
