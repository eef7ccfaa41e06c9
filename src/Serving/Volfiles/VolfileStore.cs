using System.Collections.Frozen;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// The <c>KEY.vol</c> files of a directory, kept in memory as they were when each was last whole and good, and swapped all at
/// once when files change. Reading it never touches the disk.
/// </summary>
public sealed class VolfileStore : IDisposable
{
    private const string Extension = ".vol";

    /// <summary>
    /// How often the directory is read for changes that inotify does not see, such as those made by another host of a shared file
    /// system.
    /// </summary>
    internal static readonly TimeSpan DefaultRescanInterval = TimeSpan.FromSeconds(10);

    // Reading one file again takes a moment; a disk that takes longer is to be told of.
    private static readonly TimeSpan s_putTimeout = TimeSpan.FromSeconds(10);

    private readonly string _directory;
    private readonly ServerList _servers;
    private readonly ILogger _logger;
    private readonly VolfileFollower _follower;
    private readonly SemaphoreSlim _onePut = new(1);
    private volatile FrozenDictionary<string, StoredVolfile> _current = FrozenDictionary<string, StoredVolfile>.Empty;

    /// <summary>A store without volfiles.</summary>
    /// <param name="directory">Path of their directory; it may be missing, and come later.</param>
    /// <param name="servers">Makes the server lists that go with the volfiles.</param>
    /// <param name="rescanInterval">How often to read the directory again, whether a change is known of or not.</param>
    /// <param name="logger">Told of files that cannot be served.</param>
    internal VolfileStore(string directory, ServerList servers, TimeSpan rescanInterval, ILogger logger)
    {
        (_directory, _servers, _logger) = (directory, servers, logger);
        _follower = new VolfileFollower(directory, Extension, rescanInterval, ReadSettled);
    }

    /// <summary>Told of the keys whose content is another one now, after the swap, on the store's thread.</summary>
    public event Action<IReadOnlySet<string>>? Changed;

    /// <summary>All volfiles, at this moment.</summary>
    public IReadOnlyDictionary<string, StoredVolfile> Current => _current;

    /// <summary>Finds a volfile.</summary>
    /// <param name="key">A key from <see cref="VolfileKey"/>.</param>
    /// <returns>The volfile; null where there is none.</returns>
    public StoredVolfile? Find(ReadOnlySpan<char> key)
    {
        var volfiles = _current.GetAlternateLookup<ReadOnlySpan<char>>();
        return volfiles.TryGetValue(key, out StoredVolfile? volfile) ||
            volfiles.TryGetValue(VolfileKey.WithoutTransport(key), out volfile)
            ? volfile
            : null;
    }

    /// <summary>The file of a key.</summary>
    /// <param name="key">A key from <see cref="VolfileKey"/>.</param>
    /// <returns>Its path, whether it is there or not.</returns>
    public string PathOf(string key) => Path.Combine(_directory, key + Extension);

    /// <summary>Checks a text that is to be served.</summary>
    /// <param name="text">The text; not to be changed afterwards.</param>
    /// <returns>The volfile, which is not served yet.</returns>
    /// <exception cref="VolfileException">It cannot be served; says in which line, and why.</exception>
    public StoredVolfile Check(string key, byte[] text) => StoredVolfile.Check(key, text, _servers);

    /// <summary>Puts a volfile in the place of its file, all at once, on disk, and serves it. One at a time.</summary>
    /// <param name="volfile">A volfile that was checked.</param>
    /// <param name="approve">Asked once the text is on disk under another name; false leaves everything as it was.</param>
    /// <returns>Whether another content was served before; null where it was not approved.</returns>
    /// <exception cref="IOException">It cannot be written; nothing was changed.</exception>
    /// <exception cref="TimeoutException">It is on disk, and not served yet.</exception>
    public async Task<bool?> PutAsync(StoredVolfile volfile, byte[] text, Func<bool> approve)
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

    /// <summary>Reads the directory. Changes from then on are taken up once they are followed.</summary>
    internal void Open() => _follower.ReadAll();

    /// <summary>Begins to follow the directory.</summary>
    internal void Follow() => _follower.Start();

    /// <summary>Has every file looked at again, soon; whoever asks for this has finished writing.</summary>
    internal void Refresh() => _follower.Refresh();

    /// <inheritdoc/>
    public void Dispose() => _follower.Dispose();

    private bool IsServed(StoredVolfile volfile) => _current.GetValueOrDefault(volfile.Key)?.Hash == volfile.Hash;

    // Reads what has settled, swaps the result in, tells about it.
    private void ReadSettled(ServedDirectory directory)
    {
        var next = new Dictionary<string, StoredVolfile>(_current, StringComparer.Ordinal);
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in directory.TakeSettled())
        {
            if (name.EndsWith(Extension, StringComparison.Ordinal) &&
                VolfileKey.TryNormalise(name.AsSpan(0, name.Length - Extension.Length), out string key))
            {
                Read(directory, name, key, next, changed);
            }
        }

        if (changed.Count > 0)
        {
            _current = next.ToFrozenDictionary(StringComparer.Ordinal);
            Changed?.Invoke(changed);
        }
    }

    private void Read(
        ServedDirectory directory, string name, string key, Dictionary<string, StoredVolfile> next, HashSet<string> changed)
    {
        try
        {
            if (!directory.TryRead(name, out byte[]? bytes))
            {
                return;
            }

            if (bytes is null)
            {
                if (next.Remove(key))
                {
                    changed.Add(key);
                    VolfileLog.VolfileGone(_logger, key);
                }

                return;
            }

            var volfile = StoredVolfile.Check(key, bytes, _servers);
            if (next.GetValueOrDefault(key)?.Hash != volfile.Hash)
            {
                next[key] = volfile;
                changed.Add(key);
                VolfileLog.VolfileLoaded(_logger, key, volfile.Length, volfile.Hash);
            }
        }
        catch (Exception exception) when (exception is VolfileException or IOException or UnauthorizedAccessException)
        {
            VolfileLog.VolfileKept(_logger, Path.Combine(_directory, name), exception.Message);
        }
    }
}
