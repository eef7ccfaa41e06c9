using System.Globalization;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Logging;

/// <summary>A log for a process without GlusterFS in it, in GlusterFS's format (libglusterfs/src/logging.c) all the same.</summary>
internal sealed class PlainLogOutput : ILogOutput, IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _writer;

    private PlainLogOutput(StreamWriter writer) => _writer = writer;

    /// <summary>Opens a log.</summary>
    /// <param name="path">Its path; <c>-</c> for standard error.</param>
    /// <returns>The log.</returns>
    /// <exception cref="StartException">It cannot be opened.</exception>
    internal static PlainLogOutput Open(string path)
    {
        try
        {
            if (path == "-")
            {
                return new PlainLogOutput(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new PlainLogOutput(new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(ExitCode.Usage, $"cannot open the log {path}: {exception.Message}");
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

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
