using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Hosting.Logging;

/// <summary>A log in GlusterFS's format (libglusterfs/src/logging.c) for a process without GlusterFS.</summary>
public sealed class PlainLogOutput : ILogOutput, IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private StreamWriter _writer;

    private PlainLogOutput(string path)
    {
        _path = path;
        _writer = OpenWriter(path);
    }

    /// <summary>Opens a log.</summary>
    /// <param name="path">Its path; <c>-</c> for standard error.</param>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    public static PlainLogOutput Open(string path)
    {
        try
        {
            return new PlainLogOutput(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                SystemRefusal.CodeOf(exception, ExitCode.Usage), $"cannot open the log {path}: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Write(LogLine line)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"[{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss.ffffff} +0000] {line.Level.ToString()[0]} [MSGID: {line.MessageId}]");
        string text = $"{head} [{line.Source}:0:{line.Name}] 0-{LogLine.Domain}: {line.Message} \n";
        lock (_lock)
        {
            _writer.Write(text);
        }
    }

    /// <summary>Reopens the file by its path: it may have been moved away. The old one stays if that fails.</summary>
    public void Reopen()
    {
        try
        {
            lock (_lock)
            {
                StreamWriter old = _writer;
                _writer = OpenWriter(_path);
                old.Dispose();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Write(new LogLine(
                GlusterLogLevel.Error, 0, nameof(PlainLogOutput), nameof(Reopen),
                $"cannot reopen {_path}: {exception.Message}"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private static StreamWriter OpenWriter(string path)
    {
        if (path == "-")
        {
            return new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
        }

        return new StreamWriter(OwnFiles.Append(path, FileModes.Record)) { AutoFlush = true };
    }
}
