using System.Buffers;
using Mono.Unix.Native;

namespace KadaluFsd.Fsd.Logging;

/// <summary>
/// One line for each fetch. Written by a thread of its own, so that a slow disk does not hold clients up; opened anew once the file has
/// been moved away, as log rotation does.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    // Beyond that lines are dropped, and counted in the next one that is written.
    private const int MaxWaiting = 2 * 1024 * 1024;

    // Lines are written when there are this many bytes of them, or when the first has waited this long.
    private const int Enough = 64 * 1024;
    private const int GatherMilliseconds = 10;

    private readonly object _gate = new();
    private readonly string _path;
    private readonly AccessLogFormat _format;
    private readonly Thread _thread;
    private ArrayBufferWriter<byte> _waiting = new(Enough);
    private FileStream _file;
    private ulong _inode;
    private long _dropped;
    private bool _stopping;

    private AccessLog(string path, AccessLogFormat format)
    {
        (_path, _format) = (path, format);
        _file = Open();
        _thread = new Thread(Write) { Name = "access-log", IsBackground = true };
        _thread.Start();
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

    /// <summary>Takes a line to be written; never waits for the disk.</summary>
    /// <param name="record">The fetch.</param>
    internal void Add(in AccessRecord record)
    {
        lock (_gate)
        {
            int before = _waiting.WrittenCount;
            if (before >= MaxWaiting)
            {
                _dropped++;
                return;
            }

            record.Write(_waiting, _format, _dropped);
            _dropped = 0;
            if (before == 0 || (before < Enough && _waiting.WrittenCount >= Enough))
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Writes what is still waiting.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _file.Dispose();
    }

    private void Write()
    {
        var lines = new ArrayBufferWriter<byte>(Enough);
        while (Take(ref lines))
        {
            try
            {
                Reopen();
                _file.Write(lines.WrittenSpan);
            }
            catch (IOException)
            {
                // A full disk: the lines are lost, and said to be once there is room again.
                lock (_gate)
                {
                    _dropped += lines.WrittenSpan.Count((byte)'\n');
                }
            }
        }
    }

    // Waits for lines, and for a few more, and gives the emptied buffer for the next ones. False at the end.
    private bool Take(ref ArrayBufferWriter<byte> lines)
    {
        lines.ResetWrittenCount();
        lock (_gate)
        {
            while (_waiting.WrittenCount == 0 && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            if (_waiting.WrittenCount < Enough && !_stopping)
            {
                Monitor.Wait(_gate, GatherMilliseconds);
            }

            (lines, _waiting) = (_waiting, lines);
            return lines.WrittenCount > 0;
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
