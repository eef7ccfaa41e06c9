using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Logging;

/// <summary>A log for a process without GlusterFS in it, in GlusterFS's format (libglusterfs/src/logging.c) all the same.</summary>
internal sealed class PlainLogOutput : ILogOutput, IDisposable
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
    /// <returns>The log.</returns>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    internal static PlainLogOutput Open(string path)
    {
        try
        {
            return new PlainLogOutput(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"cannot open the log {path}: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Write(GlusterLogLevel level, int messageId, string source, string name, string message)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss.ffffff} +0000] {level.ToString()[0]} [MSGID: {messageId}] [{source}:0:{name}] 0-{GraphLogOutput.Domain}: {message} \n");
        lock (_lock)
        {
            _writer.Write(line);
        }
    }

    /// <summary>Opens the file anew, by its path: it may have been moved away. The old one stays where that fails.</summary>
    internal void Reopen()
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
            Write(GlusterLogLevel.Error, 0, nameof(PlainLogOutput), nameof(Reopen), $"cannot open {_path} anew: {exception.Message}");
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
