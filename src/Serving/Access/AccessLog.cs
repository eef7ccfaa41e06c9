using System.Buffers;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Hosting.Logging;
using KadaluFsd.Serving.Events;

namespace KadaluFsd.Serving.Access;

/// <summary>
/// One line for each fetch. Written by a thread of its own, so that a slow disk does not hold clients up.
/// </summary>
/// <param name="options">Say where, if anywhere, and how lines are written.</param>
/// <param name="loop">Everything that is logged happens on its thread.</param>
public sealed class AccessLog(AccessLogOptions options, EventLoop loop) : Part, IDisposable
{
    // Bytes of fetches; beyond that they are dropped, and counted in a line of its own once there is room again.
    private const int MaxWaiting = 2 * 1024 * 1024;

    // Written when there are this many bytes of them, or when the first has waited this long.
    private const int Enough = 256 * 1024;
    private const int GatherMilliseconds = 10;

    private static readonly Action<object?> s_handOver = static log => ((AccessLog)log!).HandOver();

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _some = new(initialState: false);

    // Fetches of this round of the loop; only its thread uses them.
    private readonly ArrayBufferWriter<byte> _round = new();

    // Fetches for the thread that writes, behind the gate.
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

    /// <summary>Takes a fetch to be written; never waits for the disk. On the loop's thread.</summary>
    /// <param name="record">The fetch.</param>
    internal void Add(in AccessRecord record)
    {
        if (_file is null)
        {
            return;
        }

        if (_round.WrittenCount == 0)
        {
            loop.Defer(s_handOver, this);
        }

        record.Keep(_round);
    }

    /// <summary>Writes what is still waiting. Nothing may be added any more.</summary>
    public void Dispose()
    {
        if (_file is null)
        {
            return;
        }

        loop.Invoke(HandOver);
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        _some.Set();
        _thread!.Join();
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
                AccessLine.Write(lines, Format, AccessRecord.Of(record));
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
}
