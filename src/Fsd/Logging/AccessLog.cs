using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Mono.Unix.Native;

namespace KadaluFsd.Fsd.Logging;

/// <summary>How lines of the access log are written.</summary>
internal enum AccessLogFormat
{
    /// <summary>Fields behind each other, for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>One fetch of a volfile.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Peer">Who, by address.</param>
/// <param name="Key">What was asked for, as sent.</param>
/// <param name="Errno">0 when it was given; else why not, in GlusterFS's numbers.</param>
/// <param name="Length">Bytes of the volfile given.</param>
/// <param name="Hash">Its SHA-256; null when none was given.</param>
/// <param name="Versions">The op-versions the client said it has, such as <c>1-100000</c>; null when it said none.</param>
/// <param name="Brick">The brick that asks; null for other clients.</param>
internal readonly record struct AccessRecord(
    DateTime Time, string Peer, string Key, int Errno, int Length, string? Hash, string? Versions, string? Brick);

/// <summary>
/// One line for each fetch. Written by a task of its own, so that a slow disk does not hold clients up; opened anew once the file has
/// been moved away, as log rotation does.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    // Beyond that lines are dropped, and counted in the next one that is written.
    private const int MaxWaiting = 16 * 1024;
    private const int MaxKeyShown = 256;

    private readonly Channel<AccessRecord> _waiting;
    private readonly string _path;
    private readonly AccessLogFormat _format;
    private readonly Task _writing;
    private FileStream _file;
    private ulong _inode;
    private long _dropped;

    private AccessLog(string path, AccessLogFormat format)
    {
        (_path, _format) = (path, format);
        _file = Open();
        _waiting = Channel.CreateBounded<AccessRecord>(
            new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite },
            _ => Interlocked.Increment(ref _dropped));
        _writing = WriteAsync();
    }

    /// <summary>Opens a log.</summary>
    /// <param name="path">Its path; its directory is created.</param>
    /// <param name="format">How lines are written.</param>
    /// <returns>The log.</returns>
    /// <exception cref="StartException">It cannot be opened.</exception>
    internal static AccessLog Create(string path, AccessLogFormat format)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new AccessLog(path, format);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(ExitCode.Usage, $"cannot open the access log {path}: {exception.Message}");
        }
    }

    /// <summary>Takes a line to be written; never waits.</summary>
    /// <param name="record">The fetch.</param>
    internal void Add(in AccessRecord record) => _waiting.Writer.TryWrite(record);

    /// <summary>Writes what is still waiting.</summary>
    /// <returns>A task that ends then.</returns>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
        await _file.DisposeAsync();
    }

    /// <summary>Formats a line.</summary>
    /// <param name="record">The fetch.</param>
    /// <param name="format">How.</param>
    /// <param name="dropped">How many lines are missing before it.</param>
    /// <returns>The line, with its end.</returns>
    internal static string Format(in AccessRecord record, AccessLogFormat format, long dropped)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output))
        {
            string key = record.Key.Length <= MaxKeyShown ? record.Key : record.Key[..MaxKeyShown];
            if (format == AccessLogFormat.Text)
            {
                // Quoted as JSON does it: a key may hold anything.
                writer.WriteStringValue(key);
                writer.Flush();
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{record.Time:yyyy-MM-ddTHH:mm:ss.ffffffZ} {record.Peer} {Encoding.UTF8.GetString(output.WrittenSpan)} " +
                    $"{(record.Errno == 0 ? $"ok {record.Length} sha256:{record.Hash}" : $"errno {record.Errno}")}" +
                    $"{(record.Versions is null ? "" : $" op-versions:{Plain(record.Versions)}")}{(record.Brick is null ? "" : $" brick:{Plain(record.Brick)}")}" +
                    $"{(dropped == 0 ? "" : $" dropped:{dropped}")}\n");
            }

            writer.WriteStartObject();
            writer.WriteString("time", record.Time);
            writer.WriteString("peer", record.Peer);
            writer.WriteString("key", key);
            writer.WriteNumber("errno", record.Errno);
            if (record.Hash is not null)
            {
                writer.WriteNumber("bytes", record.Length);
                writer.WriteString("sha256", record.Hash);
            }

            WriteOptional(writer, "opVersions", record.Versions);
            WriteOptional(writer, "brick", record.Brick);
            if (dropped > 0)
            {
                writer.WriteNumber("dropped", dropped);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan) + "\n";
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value.Length <= MaxKeyShown ? value : value[..MaxKeyShown]);
        }
    }

    private static string Plain(string value) => string.Concat(value.Take(MaxKeyShown).Select(character => char.IsControl(character) || character == ' ' ? '?' : character));

    private async Task WriteAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            Reopen();
            while (_waiting.Reader.TryRead(out AccessRecord record))
            {
                byte[] line = Encoding.UTF8.GetBytes(Format(record, _format, Interlocked.Exchange(ref _dropped, 0)));
                try
                {
                    await _file.WriteAsync(line);
                }
                catch (IOException)
                {
                    // A full disk: the line is lost, and said to be once there is room again.
                    Interlocked.Increment(ref _dropped);
                }
            }
        }
    }

    private void Reopen()
    {
        if (Syscall.stat(_path, out Stat now) == 0 && now.st_ino == _inode)
        {
            return;
        }

        try
        {
            FileStream old = _file;
            _file = Open();
            old.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The old file is better than none.
        }
    }

    private FileStream Open()
    {
        var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _inode = Syscall.fstat((int)file.SafeFileHandle.DangerousGetHandle(), out Stat opened) == 0 ? opened.st_ino : 0;
        return file;
    }
}
