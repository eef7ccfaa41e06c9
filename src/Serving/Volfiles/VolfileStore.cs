using System.Collections.Frozen;
using KadaluFsd.Linux.Files;
using KadaluFsd.Volgen;
using Microsoft.Extensions.Logging;

namespace KadaluFsd.Serving.Volfiles;

/// <summary>
/// The <c>KEY.vol</c> files of a directory: of each the last version that was complete and valid, in memory. The whole table is
/// swapped at once when files change. Looking up never touches the disk.
/// </summary>
public sealed class VolfileStore : IDisposable
{
    private const string Extension = ".vol";

    /// <summary>
    /// How often the directory is read for changes that inotify does not see, such as those made by another host of a shared file
    /// system.
    /// </summary>
    internal static readonly TimeSpan DefaultRescanInterval = TimeSpan.FromSeconds(10);

    // Reading one file takes a moment; a disk that takes longer is reported.
    private static readonly TimeSpan s_putTimeout = TimeSpan.FromSeconds(10);

    private readonly string _directory;
    private readonly ServerList _servers;
    private readonly ILogger _logger;
    private readonly VolfileFollower _follower;
    private readonly SemaphoreSlim _onePut = new(1);
    private volatile FrozenDictionary<string, StoredVolfile> _current = FrozenDictionary<string, StoredVolfile>.Empty;

    // Keys of pools by their ids.
    private volatile FrozenDictionary<Guid, string> _pools = FrozenDictionary<Guid, string>.Empty;

    /// <summary>Creates an empty store.</summary>
    /// <param name="directory">Path of the directory; it may be created later.</param>
    /// <param name="servers">The server lists that are sent with volfiles.</param>
    /// <param name="rescanInterval">How often the directory is read again, without an event too.</param>
    internal VolfileStore(string directory, ServerList servers, TimeSpan rescanInterval, ILogger logger)
    {
        (_directory, _servers, _logger) = (directory, servers, logger);
        _follower = new VolfileFollower(directory, Extension, rescanInterval, ReadSettled);
    }

    /// <summary>Raised with the keys whose content has changed, after the swap, on the follower's thread.</summary>
    public event Action<IReadOnlySet<string>>? Changed;

    /// <summary>A snapshot of all volfiles, by key.</summary>
    public IReadOnlyDictionary<string, StoredVolfile> Current => _current;

    /// <summary>Finds a volfile.</summary>
    /// <param name="key">
    /// A key from <see cref="VolfileKey"/>; or a pool's id, for clients that take pools of one name on several hosts for one.
    /// </param>
    /// <returns>The volfile; null where there is none.</returns>
    public StoredVolfile? Find(ReadOnlySpan<char> key)
    {
        FrozenDictionary<string, StoredVolfile> current = _current;
        var volfiles = current.GetAlternateLookup<ReadOnlySpan<char>>();
        return volfiles.TryGetValue(key, out StoredVolfile? volfile) ||
            volfiles.TryGetValue(VolfileKey.WithoutTransport(key), out volfile)
            ? volfile
            : Guid.TryParseExact(key, "D", out Guid id) && _pools.TryGetValue(id, out string? pool)
            ? current.GetValueOrDefault(pool)
            : null;
    }

    /// <summary>The file of a key.</summary>
    /// <param name="key">A key from <see cref="VolfileKey"/>.</param>
    /// <returns>Its path; the file need not exist.</returns>
    public string PathOf(string key) => Path.Combine(_directory, key + Extension);

    /// <summary>Checks a volfile; it is not served yet.</summary>
    /// <param name="text">The text; not to be changed afterwards.</param>
    /// <returns>The volfile.</returns>
    /// <exception cref="VolfileException">It cannot be served; says in which line, and why.</exception>
    public StoredVolfile Check(string key, byte[] text) => StoredVolfile.Check(key, text, _servers);

    /// <summary>Replaces the file of a volfile atomically, and serves it. Calls are serialised.</summary>
    /// <param name="volfile">A volfile that was checked.</param>
    /// <param name="approve">Called when the text is on disk under another name; false leaves everything as it was.</param>
    /// <returns>Whether another content was served before; null where it was not approved.</returns>
    /// <exception cref="IOException">It cannot be written; nothing was changed.</exception>
    /// <exception cref="TimeoutException">It is on disk, and not served yet.</exception>
    public async Task<bool?> PutAsync(StoredVolfile volfile, byte[] text, Func<bool> approve)
    {
        await _onePut.WaitAsync();
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Confirm(IReadOnlySet<string> changed)
        {
            if (IsServed(volfile))
            {
                served.TrySetResult();
            }
        }

        Changed += Confirm;
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
            Confirm(FrozenSet<string>.Empty);
            await served.Task.WaitAsync(s_putTimeout);
            return isChanged;
        }
        finally
        {
            Changed -= Confirm;
            _onePut.Release();
        }
    }

    /// <summary>Reads the directory. Later changes are found once the directory is followed.</summary>
    internal void Open() => _follower.ReadAll();

    /// <summary>Starts following the directory.</summary>
    internal void Follow() => _follower.Start();

    /// <summary>Has every file checked again soon; the caller has finished writing.</summary>
    internal void Refresh() => _follower.Refresh();

    /// <inheritdoc/>
    public void Dispose() => _follower.Dispose();

    private bool IsServed(StoredVolfile volfile) => _current.GetValueOrDefault(volfile.Key)?.Hash == volfile.Hash;

    // Reads files that are complete, swaps the table, raises the event.
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
            _pools = PoolsOf(next.Values);
            Changed?.Invoke(changed);
        }
    }

    // Kadalu's manager has a second volfile for clients, whose name is longer.
    private static FrozenDictionary<Guid, string> PoolsOf(IEnumerable<StoredVolfile> volfiles) => volfiles
        .Where(volfile => volfile is { IsUnit: false, IsHealDaemon: false, VolumeId: not null })
        .GroupBy(volfile => volfile.VolumeId!.Value, volfile => volfile.Key)
        .ToFrozenDictionary(
            keys => keys.Key, keys => keys.OrderBy(key => key.Length).ThenBy(key => key, StringComparer.Ordinal).First());

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
