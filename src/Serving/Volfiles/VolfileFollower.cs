using KadaluFsd.Linux;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>Follows a directory of volfiles: first on the caller's thread, then on a thread of its own.</summary>
/// <param name="extension">The extension of volfiles.</param>
/// <param name="rescanInterval">How often all files are checked, without an event too.</param>
internal sealed class VolfileFollower(string path, string extension, TimeSpan rescanInterval, Action<ServedDirectory> read)
    : IDisposable
{
    private readonly EpollSet _epoll = new();
    private ServedDirectory? _directory;
    private Thread? _thread;
    private bool _isRefreshWanted;
    private volatile bool _stopping;

    /// <summary>Reads all files.</summary>
    internal void ReadAll()
    {
        _directory = new ServedDirectory(path, extension, _epoll);
        _directory.Rescan(trustAll: true);
        read(_directory);
    }

    /// <summary>Starts following the directory that <see cref="ReadAll"/> has read.</summary>
    internal void Start()
    {
        _thread = new Thread(() => Follow(_directory!)) { Name = "volfiles", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Has every file checked again soon; the caller has finished writing. From any thread.</summary>
    internal void Refresh()
    {
        Volatile.Write(ref _isRefreshWanted, true);
        _epoll.WakeUp();
    }

    /// <summary>Stops following; a read in progress is completed.</summary>
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

            // Events may be handled while files are read; no further event will announce those files.
            do
            {
                read(directory);
            }
            while (directory.HasSettled);
        }
    }
}
