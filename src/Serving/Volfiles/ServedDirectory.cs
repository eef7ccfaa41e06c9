using KadaluFsd.Linux;
using KadaluFsd.Rpc;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// Finds the files of a directory that have changed and are complete: by inotify events, and by reading the directory where
/// inotify does not work. For one thread.
/// </summary>
/// <param name="path">Path; the directory may be created later.</param>
/// <param name="extension">The extension of the files of interest.</param>
/// <param name="epoll">Woken by inotify events; remains the caller's.</param>
internal sealed class ServedDirectory(string path, string extension, EpollSet epoll) : IDisposable
{
    private const ulong DirectoryToken = 1;

    // What is known about each file: the version that was read last, and whether it is being written.
    private readonly Dictionary<string, (DateTime Modified, long Length)> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTime Modified, long Length)> _seenOnce = new(StringComparer.Ordinal);
    private readonly HashSet<string> _beingWritten = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toRead = new(StringComparer.Ordinal);
    private DirectoryWatch? _watch;

    /// <summary>Whether there are files to read.</summary>
    internal bool HasSettled => _toRead.Count > 0;

    /// <summary>Takes the files that have to be read. Further events may be handled while they are read.</summary>
    /// <returns>Names of files that have changed, or are gone.</returns>
    internal IEnumerable<string> TakeSettled()
    {
        foreach (string name in _toRead.ToArray())
        {
            _toRead.Remove(name);
            yield return name;
        }
    }

    /// <summary>Handles inotify events.</summary>
    internal void TakeChanges()
    {
        foreach (DirectoryChange change in _watch?.Take() ?? [])
        {
            switch (change.Kind)
            {
                case DirectoryChangeKind.Modified:
                    _beingWritten.Add(change.Name);
                    _toRead.Remove(change.Name);
                    break;
                case DirectoryChangeKind.Settled or DirectoryChangeKind.Gone:
                    _beingWritten.Remove(change.Name);
                    _toRead.Add(change.Name);
                    break;
                default:
                    _watch!.Dispose();
                    _watch = null;
                    Rescan(trustAll: true);
                    return;
            }
        }
    }

    /// <summary>
    /// Reads the directory. A changed file without an inotify event counts as complete when it is unchanged twice in a row.
    /// </summary>
    /// <param name="trustAll">Whether files count as complete at once: the writer has said so, or this is the first time.</param>
    internal void Rescan(bool trustAll)
    {
        if (_watch is null && DirectoryWatch.TryCreate(path) is { } watch)
        {
            _watch = watch;
            epoll.Add(watch.Descriptor, DirectoryToken, EpollInterest.Readable);
            _beingWritten.Clear();
            trustAll = true;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (FileInfo file in Files())
        {
            seen.Add(file.Name);
            (DateTime, long) stamp = (file.LastWriteTimeUtc, file.Length);
            if (!_beingWritten.Contains(file.Name) && _read.GetValueOrDefault(file.Name) != stamp)
            {
                if (trustAll || _seenOnce.GetValueOrDefault(file.Name) == stamp)
                {
                    _toRead.Add(file.Name);
                }

                _seenOnce[file.Name] = stamp;
            }
        }

        _toRead.UnionWith(_read.Keys.Where(name => !seen.Contains(name)));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">Its bytes, at most one more than is allowed; null where the file is gone.</param>
    /// <returns>False while the file is being written: it is reported again afterwards.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal bool TryRead(string name, out byte[]? bytes)
    {
        bytes = null;
        var file = new FileInfo(Path.Combine(path, name));
        if (!file.Exists)
        {
            _read.Remove(name);
            return true;
        }

        // Whoever opens a pipe waits for somebody who writes to it.
        if (FileStatus.Read(file.FullName, out FileStatus status) == Errno.None && !status.IsRegular)
        {
            throw new IOException("it is not a file");
        }

        (DateTime, long) stamp = (file.LastWriteTimeUtc, file.Length);
        byte[] read = ReadLimited(file);
        TakeChanges();
        if (_beingWritten.Contains(name) || _toRead.Contains(name))
        {
            // A changed file may have been read half old and half new.
            return false;
        }

        _read[name] = stamp;
        bytes = read;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    private IEnumerable<FileInfo> Files()
    {
        try
        {
            return [.. new DirectoryInfo(path).EnumerateFiles("*" + extension)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // One byte more than is allowed shows that the file is too long; its reported length may have changed.
    private static byte[] ReadLimited(FileInfo file)
    {
        using FileStream stream = file.Open(new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete });
        byte[] buffer = new byte[Math.Min(stream.Length, RpcLimits.MaxVolfile) + 1];
        int count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer.AsSpan(0, count).ToArray();
    }
}
