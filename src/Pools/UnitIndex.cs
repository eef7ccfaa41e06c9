using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>
/// Writes the index of a stopped unit, and reads any unit's (features/index): self-heal daemons find there what has to be healed.
/// Every entry is a hard link to one file, so that the link count is their number.
/// </summary>
public sealed class UnitIndex
{
    /// <summary>The entry of the root directory.</summary>
    public static string RootEntry { get; } = HiddenDirectory.RootGfid.ToString();

    private const string EntryDirectory = "xattrop";
    private const string BasePrefix = "xattrop-";

    // ext4 gives a file 65,000 links at most.
    private const int MaxLinks = 60_000;

    private readonly string _directory;
    private string? _base;
    private int _links;

    /// <summary>Opens a unit's index.</summary>
    /// <exception cref="IOException">The index cannot be created.</exception>
    public UnitIndex(string unit)
    {
        _directory = HiddenDirectory.PathIn(unit, HiddenDirectory.Indices, EntryDirectory);
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Reads which files a unit has noted. It may be running.</summary>
    /// <param name="unit">The unit's directory.</param>
    /// <returns>Their gfids; empty where it has no index.</returns>
    /// <exception cref="IOException">The index cannot be read.</exception>
    public static IEnumerable<Guid> Read(string unit)
    {
        string directory = HiddenDirectory.PathIn(unit, HiddenDirectory.Indices, EntryDirectory);
        return Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory).Select(Path.GetFileName)
                .Select(name => Guid.TryParseExact(name, "D", out Guid gfid) ? gfid : (Guid?)null).OfType<Guid>()
            : [];
    }

    /// <summary>Whether a file is the base that entries are links to.</summary>
    public static bool IsOwnBase(string path) => Path.GetFileName(path).StartsWith(BasePrefix, StringComparison.Ordinal);

    /// <summary>Adds a file.</summary>
    /// <param name="gfid">The file's gfid.</param>
    /// <exception cref="IOException">It cannot be added.</exception>
    public void Add(Guid gfid)
    {
        string entry = Path.Combine(_directory, gfid.ToString());
        if (File.Exists(entry))
        {
            return;
        }

        if (_base is null || _links >= MaxLinks)
        {
            _base = Path.Combine(_directory, $"{BasePrefix}{Guid.NewGuid()}");
            File.Open(_base, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = 0 })
                .Dispose();
            _links = 0;
        }

        if (FileCalls.Link(_base, entry) is not Errno.None and var error)
        {
            throw new IOException($"{entry}: {error.Describe()}");
        }

        _links++;
    }
}
