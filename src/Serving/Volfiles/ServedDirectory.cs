using KadaluFsd.Linux;
using KadaluFsd.Rpc;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// Which files of a directory have changed and are whole again, by what inotify tells, and by looking at all of them where it
/// does not. For one thread.
/// </summary>
/// <param name="path">The directory; it may be missing, and come later.</param>
/// <param name="extension">What the names of its files end with; others are left alone.</param>
/// <param name="epoll">Woken when there is news; stays the caller's.</param>
internal sealed class ServedDirectory(string path, string extension, EpollSet epoll) : IDisposable
{
    private const ulong DirectoryToken = 1;

    // What is known of each file: which bytes were last read, whether somebody is writing it.
    private readonly Dictionary<string, (DateTime Modified, long Length)> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTime Modified, long Length)> _seenOnce = new(StringComparer.Ordinal);
    private readonly HashSet<string> _beingWritten = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toRead = new(StringComparer.Ordinal);
    private DirectoryWatch? _watch;

    /// <summary>Whether files are to be read.</summary>
    internal bool HasSettled => _toRead.Count > 0;

    /// <summary>Takes what is to be read off the list. While that is read, news of others may be taken in.</summary>
    /// <returns>Names of files that have changed, or are gone.</returns>
    internal IEnumerable<string> TakeSettled()
    {
        foreach (string name in _toRead.ToArray())
        {
            _toRead.Remove(name);
            yield return name;
        }
    }

    /// <summary>Takes in what inotify tells.</summary>
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
    /// Looks at every file. Without inotify's word for it, a changed file counts as whole once it looks the same twice in a row.
    /// </summary>
    /// <param name="trustAll">Whether files count as whole at once: somebody says that he has finished writing, or this is the
    /// first look.</param>
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
    /// <param name="bytes">Its bytes, or one more than are allowed; null where it is gone.</param>
    /// <returns>False where somebody is writing it: it comes again when he is done.</returns>
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

        (DateTime, long) stamp = (file.LastWriteTimeUtc, file.Length);
        byte[] read = ReadLimited(file);
        TakeChanges();
        if (_beingWritten.Contains(name) || _toRead.Contains(name))
        {
            // What was read may be half of one version and half of another.
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

    // One byte more than is allowed tells that there are more; how long the file says it is may have changed.
    private static byte[] ReadLimited(FileInfo file)
    {
        using FileStream stream = file.Open(new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete });
        byte[] buffer = new byte[Math.Min(stream.Length, RpcLimits.MaxVolfile) + 1];
        int count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer.AsSpan(0, count).ToArray();
    }
}
