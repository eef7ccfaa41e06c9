using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Pools;

/// <summary>
/// Entries in a stopped unit's index of files that wait for being healed (features/index): self-heal daemons look at each. There
/// every entry is a hard link to one file, so that their number can be told without counting them.
/// </summary>
public sealed class UnitIndex
{
    /// <summary>The entry of the top directory.</summary>
    public static string RootEntry { get; } = HiddenDirectory.RootGfid.ToString();

    private const string BasePrefix = "xattrop-";

    // ext4 gives a file 65,000 links at most.
    private const int MaxLinks = 60_000;

    private readonly string _directory;
    private string? _base;
    private int _links;

    /// <summary>Takes a unit's index in hand.</summary>
    /// <exception cref="IOException">The index cannot be made.</exception>
    public UnitIndex(string unit)
    {
        _directory = HiddenDirectory.PathIn(unit, HiddenDirectory.Indices, "xattrop");
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Whether a file is what entries are links to.</summary>
    public static bool IsOwnBase(string path) => Path.GetFileName(path).StartsWith(BasePrefix, StringComparison.Ordinal);

    /// <summary>Enters a file.</summary>
    /// <param name="gfid">The file's id in GlusterFS.</param>
    /// <exception cref="IOException">It cannot be entered.</exception>
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
