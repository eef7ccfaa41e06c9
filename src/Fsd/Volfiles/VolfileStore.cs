using System.Collections.Frozen;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Rpc;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>
/// The <c>KEY.vol</c> files of a directory, kept in memory as they were when each was last whole and good, and swapped all at once when
/// files change. Reading it never touches the disk.
/// </summary>
internal sealed class VolfileStore : IDisposable
{
    private const string Extension = ".vol";
    private const ulong DirectoryToken = 1;

    /// <summary>How often the directory is read for changes that inotify does not see, such as those made by another host of a shared file system.</summary>
    internal static readonly TimeSpan DefaultRescanInterval = TimeSpan.FromSeconds(10);

    // Reading one file again takes a moment; a disk that takes longer is to be told of.
    private static readonly TimeSpan s_putTimeout = TimeSpan.FromSeconds(10);

    private readonly string _directory;
    private readonly ServerList _servers;
    private readonly TimeSpan _rescanInterval;
    private readonly ILogger _logger;
    private readonly EpollSet _epoll = new();
    private readonly Thread _thread;

    // What the thread knows of each file: which bytes it last read, whether somebody is writing it.
    private readonly Dictionary<string, (DateTime Modified, long Length)> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTime Modified, long Length)> _seenOnce = new(StringComparer.Ordinal);
    private readonly HashSet<string> _beingWritten = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toRead = new(StringComparer.Ordinal);
    private DirectoryWatch? _watch;
    private volatile FrozenDictionary<string, StoredVolfile> _current = FrozenDictionary<string, StoredVolfile>.Empty;
    private bool _isRefreshWanted;
    private volatile bool _stopping;
    private readonly SemaphoreSlim _onePut = new(1);

    /// <summary>Reads a directory. Changes from then on are taken up once they are followed.</summary>
    /// <param name="directory">Its path; it may be missing, and come later.</param>
    /// <param name="servers">Makes the server lists that go with the volfiles.</param>
    /// <param name="rescanInterval">How often to read the directory again, whether a change is known of or not.</param>
    /// <param name="logger">Told of files that cannot be served.</param>
    internal VolfileStore(string directory, ServerList servers, TimeSpan rescanInterval, ILogger logger)
    {
        _directory = directory;
        _servers = servers;
        _rescanInterval = rescanInterval;
        _logger = logger;
        Rescan(trustAll: true);
        ReadSettled();
        _thread = new Thread(FollowChanges) { Name = "volfiles", IsBackground = true };
    }

    /// <summary>Told of the keys whose content is another one now, after the swap, on the store's thread.</summary>
    internal event Action<IReadOnlySet<string>>? Changed;

    /// <summary>All volfiles, at this moment.</summary>
    internal IReadOnlyDictionary<string, StoredVolfile> Current => _current;

    /// <summary>Finds a volfile.</summary>
    /// <param name="key">A key from <see cref="VolfileKey"/>.</param>
    /// <returns>The volfile; null where there is none.</returns>
    internal StoredVolfile? Find(ReadOnlySpan<char> key)
    {
        var volfiles = _current.GetAlternateLookup<ReadOnlySpan<char>>();
        return volfiles.TryGetValue(key, out StoredVolfile? volfile) || volfiles.TryGetValue(VolfileKey.WithoutTransport(key), out volfile)
            ? volfile
            : null;
    }

    /// <summary>The file of a key.</summary>
    /// <param name="key">A key from <see cref="VolfileKey"/>.</param>
    /// <returns>Its path, whether it is there or not.</returns>
    internal string PathOf(string key) => Path.Combine(_directory, key + Extension);

    /// <summary>Checks a text that is to be served.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="text">The text; not to be changed afterwards.</param>
    /// <returns>The volfile, which is not served yet.</returns>
    /// <exception cref="VolfileException">It cannot be served; says in which line, and why.</exception>
    internal StoredVolfile Check(string key, byte[] text) => StoredVolfile.Check(key, text, _servers);

    /// <summary>Puts a volfile in the place of its file, all at once, on disk, and serves it. One at a time.</summary>
    /// <param name="volfile">A volfile that was checked.</param>
    /// <param name="text">Its text.</param>
    /// <param name="approve">Asked once the text is on disk under another name; false leaves everything as it was.</param>
    /// <returns>Whether another content was served before; null where it was not approved.</returns>
    /// <exception cref="IOException">It cannot be written; nothing was changed.</exception>
    /// <exception cref="TimeoutException">It is on disk, and not served yet.</exception>
    internal async Task<bool?> PutAsync(StoredVolfile volfile, byte[] text, Func<bool> approve)
    {
        await _onePut.WaitAsync();
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(IReadOnlySet<string> changed)
        {
            if (IsServed(volfile))
            {
                served.TrySetResult();
            }
        }

        Changed += Look;
        try
        {
            bool isChanged = !IsServed(volfile);
            using var replacement = new AtomicFile(PathOf(volfile.Key), text);
            if (!approve())
            {
                return null;
            }

            replacement.Commit();
            Refresh();
            Look(FrozenSet<string>.Empty);
            await served.Task.WaitAsync(s_putTimeout);
            return isChanged;
        }
        finally
        {
            Changed -= Look;
            _onePut.Release();
        }
    }

    /// <summary>Begins to follow the directory.</summary>
    internal void Follow() => _thread.Start();

    /// <summary>Has every file looked at again, soon; whoever asks for this has finished writing.</summary>
    internal void Refresh()
    {
        Volatile.Write(ref _isRefreshWanted, true);
        _epoll.WakeUp();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            _epoll.WakeUp();
            if (_thread.IsAlive)
            {
                _thread.Join();
            }

            _watch?.Dispose();
            _epoll.Dispose();
        }
    }

    private bool IsServed(StoredVolfile volfile) => _current.GetValueOrDefault(volfile.Key)?.Hash == volfile.Hash;

    private void FollowChanges()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        while (!_stopping)
        {
            bool happened = _epoll.Wait(events, (int)_rescanInterval.TotalMilliseconds) > 0;
            TakeChanges();
            bool isRefresh = Interlocked.Exchange(ref _isRefreshWanted, false);
            if (isRefresh || !happened)
            {
                Rescan(trustAll: isRefresh);
            }

            // While files are read, news of others may be taken in, which nothing will tell of again.
            do
            {
                ReadSettled();
            }
            while (_toRead.Count > 0);
        }
    }

    private void TakeChanges()
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

    // Looks at every file. Without inotify's word for it, a changed file counts as whole once it looks the same twice in a row.
    private void Rescan(bool trustAll)
    {
        if (_watch is null && DirectoryWatch.TryCreate(_directory) is { } watch)
        {
            _watch = watch;
            _epoll.Add(watch.Descriptor, DirectoryToken, EpollInterest.Readable);
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

    private IEnumerable<FileInfo> Files()
    {
        try
        {
            return [.. new DirectoryInfo(_directory).EnumerateFiles("*" + Extension)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Reads what has settled, swaps the result in, tells about it.
    private void ReadSettled()
    {
        var next = new Dictionary<string, StoredVolfile>(_current, StringComparer.Ordinal);
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in _toRead.ToArray())
        {
            _toRead.Remove(name);
            if (name.EndsWith(Extension, StringComparison.Ordinal) && VolfileKey.TryNormalise(name.AsSpan(0, name.Length - Extension.Length), out string key))
            {
                Read(name, key, next, changed);
            }
        }

        if (changed.Count > 0)
        {
            _current = next.ToFrozenDictionary(StringComparer.Ordinal);
            Changed?.Invoke(changed);
        }
    }

    private void Read(string name, string key, Dictionary<string, StoredVolfile> next, HashSet<string> changed)
    {
        var file = new FileInfo(Path.Combine(_directory, name));
        try
        {
            if (!file.Exists)
            {
                _read.Remove(name);
                if (next.Remove(key))
                {
                    changed.Add(key);
                    VolfileLog.VolfileGone(_logger, key);
                }

                return;
            }

            (DateTime, long) stamp = (file.LastWriteTimeUtc, file.Length);
            byte[] bytes = ReadLimited(file);
            TakeChanges();
            if (_beingWritten.Contains(name) || _toRead.Contains(name))
            {
                // What was read may be half of one version and half of another. It comes again when the writer is done.
                return;
            }

            _read[name] = stamp;
            var volfile = StoredVolfile.Check(key, bytes, _servers);
            if (next.GetValueOrDefault(key)?.Hash != volfile.Hash)
            {
                next[key] = volfile;
                changed.Add(key);
                VolfileLog.VolfileLoaded(_logger, key, volfile.Length, volfile.Hash);
            }
        }
        catch (VolfileException exception)
        {
            VolfileLog.VolfileKept(_logger, file.FullName, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            VolfileLog.VolfileKept(_logger, file.FullName, exception.Message);
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
