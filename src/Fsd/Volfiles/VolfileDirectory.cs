using System.Collections.Concurrent;
using System.Text;
using KadaluFsd.Fsd.Logging;
using KadaluFsd.Rpc;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>The <c>KEY.vol</c> files of a directory, each as it was when it last could be parsed.</summary>
/// <param name="directory">The directory; null to have no volfiles.</param>
/// <param name="logger">Told of files that cannot be served.</param>
internal sealed class VolfileDirectory(string? directory, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Finds a volfile; looks at the file each time, reads it when it has changed.</summary>
    /// <param name="key">A key from <see cref="VolfileKey.TryNormalise"/>.</param>
    /// <param name="bytes">The volfile's bytes: always a whole volfile, never a half-written one.</param>
    /// <returns>False where there is none, nor ever was a good one.</returns>
    internal bool TryGet(string key, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (directory is null)
        {
            return false;
        }

        var file = new FileInfo(Path.Combine(directory, key + ".vol"));
        if (!file.Exists)
        {
            _entries.TryRemove(key, out _);
            return false;
        }

        Entry? entry = _entries.GetValueOrDefault(key);
        if (entry is null || entry.Modified != file.LastWriteTimeUtc || entry.Length != file.Length)
        {
            entry = Reload(file, entry);
            _entries[key] = entry;
        }

        bytes = entry.Bytes;
        return !bytes.IsEmpty;
    }

    private Entry Reload(FileInfo file, Entry? last)
    {
        // Taken before the bytes are: a file that is changed while it is read will look changed next time.
        (DateTime modified, long length) = (file.LastWriteTimeUtc, file.Length);
        string reason;
        try
        {
            if (length > RpcLimits.MaxVolfile)
            {
                throw new VolfileException(0, $"longer than {RpcLimits.MaxVolfile} bytes");
            }

            byte[] bytes = File.ReadAllBytes(file.FullName);
            VolfileParser.Parse(Encoding.UTF8.GetString(bytes));
            return new Entry(modified, length, bytes);
        }
        catch (VolfileException exception)
        {
            reason = exception.Message;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reason = exception.Message;
        }

        FsdLog.VolfileKept(logger, file.FullName, reason);

        // Remembered as it is, with the last good bytes: it is not read again before it changes.
        return new Entry(modified, length, last?.Bytes ?? []);
    }

    private sealed record Entry(DateTime Modified, long Length, byte[] Bytes);
}
