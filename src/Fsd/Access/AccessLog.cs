using System.Buffers;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Events;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Fsd.Options;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Fsd.Access;

/// <summary>
/// One line for each fetch. Written by a thread of its own, so that a slow disk does not hold clients up; opened anew once the file has
/// been moved away, as log rotation does.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    // Bytes of fetches; beyond that they are dropped, and counted in a line of its own once there is room again.
    private const int MaxWaiting = 2 * 1024 * 1024;

    // Written when there are this many bytes of them, or when the first has waited this long.
    private const int Enough = 256 * 1024;
    private const int GatherMilliseconds = 10;

    private static readonly Action<object?> s_handOver = static log => ((AccessLog)log!).HandOver();

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _some = new(initialState: false);
    private readonly string _path;
    private readonly LogFormat _format;
    private readonly EventLoop _loop;
    private readonly Thread _thread;

    // Fetches of this round of the loop; only its thread uses them.
    private readonly ArrayBufferWriter<byte> _round = new();

    // Fetches for the thread that writes, behind the gate.
    private ArrayBufferWriter<byte> _waiting = new();
    private long _dropped;
    private bool _isWriterIdle;
    private bool _stopping;

    private FileStream _file;
    private FileStatus _opened;

    private AccessLog(string path, LogFormat format, EventLoop loop)
    {
        (_path, _format, _loop) = (path, format, loop);
        _file = OpenFile();
        _thread = new Thread(Write) { Name = "access-log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Opens the log that options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="loop">Everything that is logged happens on its thread.</param>
    /// <returns>The log; null where they ask for none.</returns>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    internal static AccessLog? Open(DaemonOptions options, EventLoop loop) =>
        options.AccessLog is { } path ? Open(path, options.AccessLogFormat, loop) : null;

    /// <summary>Opens a log.</summary>
    /// <param name="path">Its path; its directory is created.</param>
    /// <param name="format">How lines are written.</param>
    /// <param name="loop">Everything that is logged happens on its thread.</param>
    /// <returns>The log.</returns>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    internal static AccessLog Open(string path, LogFormat format, EventLoop loop)
    {
        try
        {
            return new AccessLog(path, format, loop);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"cannot open the access log {path}: {exception.Message}");
        }
    }

    /// <summary>Takes a fetch to be written; never waits for the disk. On the loop's thread.</summary>
    /// <param name="record">The fetch.</param>
    internal void Add(in AccessRecord record)
    {
        if (_round.WrittenCount == 0)
        {
            _loop.Defer(s_handOver, this);
        }

        record.Keep(_round);
    }

    /// <summary>Writes what is still waiting. Nothing may be added any more.</summary>
    public void Dispose()
    {
        _loop.Invoke(HandOver);
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        _some.Set();
        _thread.Join();
        _some.Dispose();
        _file.Dispose();
    }

    private void HandOver()
    {
        if (_round.WrittenCount == 0)
        {
            return;
        }

        bool isWanted;
        lock (_gate)
        {
            int before = _waiting.WrittenCount;
            if (before >= MaxWaiting)
            {
                _dropped += CountOf(_round.WrittenMemory);
                isWanted = false;
            }
            else
            {
                _waiting.Write(_round.WrittenSpan);
                isWanted = _isWriterIdle || (before < Enough && _waiting.WrittenCount >= Enough);
                _isWriterIdle = false;
            }
        }

        _round.ResetWrittenCount();
        if (isWanted)
        {
            _some.Set();
        }
    }

    private static long CountOf(ReadOnlyMemory<byte> records)
    {
        long count = 0;
        for (; !records.IsEmpty; count++)
        {
            _ = AccessRecord.TakeBytes(ref records);
        }

        return count;
    }

    private void Write()
    {
        var records = new ArrayBufferWriter<byte>();
        var lines = new ArrayBufferWriter<byte>();
        while (Take(ref records, out long dropped))
        {
            lines.ResetWrittenCount();
            if (dropped > 0)
            {
                AccessLine.WriteDropped(lines, _format, DateTime.UtcNow, dropped);
            }

            WriteLines(records.WrittenMemory, lines);
            try
            {
                Reopen();
                _file.Write(lines.WrittenSpan);
            }
            catch (IOException)
            {
                // A full disk.
                lock (_gate)
                {
                    _dropped += dropped + CountOf(records.WrittenMemory);
                }
            }
        }
    }

    // Fetches that came together, such as those that one client sent without waiting for the answers, make the same line.
    private void WriteLines(ReadOnlyMemory<byte> records, ArrayBufferWriter<byte> lines)
    {
        ReadOnlySpan<byte> last = default;
        int lastLine = 0;
        while (!records.IsEmpty)
        {
            ReadOnlyMemory<byte> record = AccessRecord.TakeBytes(ref records);
            int line = lines.WrittenCount;
            if (record.Span.SequenceEqual(last))
            {
                lines.Write(lines.WrittenSpan[lastLine..line]);
            }
            else
            {
                AccessLine.Write(lines, _format, AccessRecord.Of(record));
                last = record.Span;
            }

            lastLine = line;
        }
    }

    // Waits for fetches, and for a few more, and gives the emptied buffer for the next ones. False at the end.
    private bool Take(ref ArrayBufferWriter<byte> records, out long dropped)
    {
        records.ResetWrittenCount();
        while (!HasRecords())
        {
            _some.WaitOne();
        }

        // Until there are enough, or for as long as the first may wait.
        _some.WaitOne(GatherMilliseconds);
        lock (_gate)
        {
            (records, _waiting) = (_waiting, records);
            (dropped, _dropped) = (_dropped, 0);
            return records.WrittenCount > 0;
        }
    }

    private bool HasRecords()
    {
        lock (_gate)
        {
            _isWriterIdle = _waiting.WrittenCount == 0 && !_stopping;
            return !_isWriterIdle;
        }
    }

    private void Reopen()
    {
        if (FileStatus.Read(_path, out FileStatus now) == Errno.None && now.IsSameFile(_opened))
        {
            return;
        }

        try
        {
            FileStream old = _file;
            _file = OpenFile();
            old.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The old file is better than none.
        }
    }

    private FileStream OpenFile()
    {
        FileStream file = OwnFiles.Append(_path, FileModes.Record);
        _ = FileStatus.Read(file.SafeFileHandle, out _opened);
        return file;
    }
}
