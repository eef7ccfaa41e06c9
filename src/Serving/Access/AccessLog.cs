using System.Buffers;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Serving.Events;

namespace KadaluFsd.Serving.Access;

/// <summary>One line for each fetch, written by a thread of its own, so that a slow disk does not delay clients.</summary>
/// <param name="options">Path and format of the log; without a path there is none.</param>
/// <param name="loop">The loop on whose thread fetches are added.</param>
public sealed class AccessLog(AccessLogOptions options, EventLoop loop) : Part, IDisposable
{
    // Bytes of fetches that may wait; more are dropped, and counted in a line of their own once there is room again.
    private const int MaxWaiting = 2 * 1024 * 1024;

    // Lines are written when this many bytes of fetches wait, or when the first has waited this long.
    private const int FlushThreshold = 256 * 1024;
    private const int GatherMilliseconds = 10;

    private static readonly Action<object?> s_queueRound = static log => ((AccessLog)log!).QueueRound();

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wakeWriter = new(initialState: false);

    // Fetches of this round of the loop; only its thread uses them.
    private readonly ArrayBufferWriter<byte> _round = new();

    // Fetches for the writer thread; under the lock.
    private ArrayBufferWriter<byte> _waiting = new();
    private long _dropped;
    private bool _isWriterIdle;
    private bool _stopping;

    private AccessFile? _file;
    private Thread? _thread;

    private LogFormat Format => options.Format;

    /// <inheritdoc/>
    protected override Task StartAsync(CancellationToken stopping)
    {
        Open();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task StopAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Opens the log, if one is wanted; its directory is created.</summary>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    internal void Open()
    {
        if (options.Path is { } path)
        {
            AccessFile file = _file = AccessFile.Open(path);
            _thread = new Thread(() => Write(file)) { Name = "access-log", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Adds a fetch; never waits for the disk. On the loop's thread.</summary>
    internal void Add(in AccessRecord record)
    {
        if (_file is null)
        {
            return;
        }

        if (_round.WrittenCount == 0)
        {
            loop.Defer(s_queueRound, this);
        }

        record.Append(_round);
    }

    /// <summary>Writes what still waits. No fetch may be added afterwards.</summary>
    public void Dispose()
    {
        if (_file is null)
        {
            return;
        }

        loop.Invoke(QueueRound);
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        _wakeWriter.Set();
        _thread!.Join();
        _wakeWriter.Dispose();
        _file.Dispose();
    }

    private void QueueRound()
    {
        if (_round.WrittenCount == 0)
        {
            return;
        }

        bool isDue;
        lock (_lock)
        {
            int before = _waiting.WrittenCount;
            if (before >= MaxWaiting)
            {
                _dropped += CountOf(_round.WrittenMemory);
                isDue = false;
            }
            else
            {
                _waiting.Write(_round.WrittenSpan);
                isDue = _isWriterIdle || (before < FlushThreshold && _waiting.WrittenCount >= FlushThreshold);
                _isWriterIdle = false;
            }
        }

        _round.ResetWrittenCount();
        if (isDue)
        {
            _wakeWriter.Set();
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

    private void Write(AccessFile file)
    {
        var records = new ArrayBufferWriter<byte>();
        var lines = new ArrayBufferWriter<byte>();
        while (Take(ref records, out long dropped))
        {
            lines.ResetWrittenCount();
            if (dropped > 0)
            {
                AccessLine.WriteDropped(lines, Format, DateTime.UtcNow, dropped);
            }

            WriteLines(records.WrittenMemory, lines);
            try
            {
                file.Write(lines.WrittenSpan);
            }
            catch (IOException)
            {
                // A full disk.
                lock (_lock)
                {
                    _dropped += dropped + CountOf(records.WrittenMemory);
                }
            }
        }
    }

    // Fetches of one round, such as those that one client sent without waiting for replies, often make the same line.
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
                AccessLine.Write(lines, Format, AccessRecord.Of(record));
                last = record.Span;
            }

            lastLine = line;
        }
    }

    // Waits for the first fetch and then a moment for more; swaps the buffers. False at the end.
    private bool Take(ref ArrayBufferWriter<byte> records, out long dropped)
    {
        records.ResetWrittenCount();
        while (!HasRecords())
        {
            _wakeWriter.WaitOne();
        }

        // Until enough wait, or the first has waited long enough.
        _wakeWriter.WaitOne(GatherMilliseconds);
        lock (_lock)
        {
            (records, _waiting) = (_waiting, records);
            (dropped, _dropped) = (_dropped, 0);
            return records.WrittenCount > 0;
        }
    }

    private bool HasRecords()
    {
        lock (_lock)
        {
            _isWriterIdle = _waiting.WrittenCount == 0 && !_stopping;
            return !_isWriterIdle;
        }
    }
}
