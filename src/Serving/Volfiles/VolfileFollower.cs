using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Follows a directory of volfiles: first on the caller's thread, then on one of its own.</summary>
/// <param name="extension">What the names of volfiles end with.</param>
/// <param name="rescanInterval">How often to look at all files, whether a change is known of or not.</param>
internal sealed class VolfileFollower(string path, string extension, TimeSpan rescanInterval, Action<ServedDirectory> read)
    : IDisposable
{
    private readonly EpollSet _epoll = new();
    private ServedDirectory? _directory;
    private Thread? _thread;
    private bool _isRefreshWanted;
    private volatile bool _stopping;

    /// <summary>Reads everything that is there.</summary>
    internal void ReadAll()
    {
        _directory = new ServedDirectory(path, extension, _epoll);
        _directory.Rescan(trustAll: true);
        read(_directory);
    }

    /// <summary>Begins to follow what <see cref="ReadAll"/> has read.</summary>
    internal void Start()
    {
        _thread = new Thread(() => Follow(_directory!)) { Name = "volfiles", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Has every file looked at again, soon; whoever asks for this has finished writing. From any thread.</summary>
    internal void Refresh()
    {
        Volatile.Write(ref _isRefreshWanted, true);
        _epoll.WakeUp();
    }

    /// <summary>Follows no more; what is being read is read to its end.</summary>
    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            _epoll.WakeUp();
            _thread?.Join();
            _directory?.Dispose();
            _epoll.Dispose();
        }
    }

    private void Follow(ServedDirectory directory)
    {
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        while (!_stopping)
        {
            bool happened = _epoll.Wait(events, (int)rescanInterval.TotalMilliseconds) > 0;
            directory.TakeChanges();
            bool isRefresh = Interlocked.Exchange(ref _isRefreshWanted, false);
            if (isRefresh || !happened)
            {
                directory.Rescan(trustAll: isRefresh);
            }

            // While files are read, news of others may be taken in, which nothing will tell of again.
            do
            {
                read(directory);
            }
            while (directory.HasSettled);
        }
    }
}
