namespace KadaluFsd.Storage;

/// <summary>
/// <c>.glusterfs</c> of a unit's directory, where every file has a second name: its gfid. Anyone who may search it could read a
/// file whose own directory is closed to them; so it is open to root only, as glusterd makes it.
/// </summary>
public static class HiddenDirectory
{
    /// <summary>Its name.</summary>
    public const string Name = ".glusterfs";

    /// <summary>The directory in which features/index keeps what has to be healed.</summary>
    public const string Indices = "indices";

    /// <summary>The file in which kadalu/recent keeps the directories that are being changed.</summary>
    public const string RecentChanges = "recent-changes";

    private const UnixFileMode RootOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] s_parts = ["", Indices];

    /// <summary>The gfid of a unit's top directory.</summary>
    public static Guid RootGfid { get; } = new("00000000-0000-0000-0000-000000000001");

    /// <summary>A path in it.</summary>
    /// <param name="parts">Names, from it downwards; none for itself.</param>
    public static string PathIn(string unit, params ReadOnlySpan<string> parts) => Path.Combine([unit, Name, .. parts]);

    /// <summary>A file's second name, its handle (storage/posix).</summary>
    /// <returns>The path: <c>.glusterfs/FIRST TWO DIGITS/NEXT TWO/GFID</c>.</returns>
    public static string HandleOf(string unit, Guid gfid)
    {
        string digits = gfid.ToString();
        return PathIn(unit, digits[..2], digits[2..4], digits);
    }

    /// <summary>Creates it, and what features/index expects in it, if missing; corrects their modes.</summary>
    /// <exception cref="IOException">Something else is there, or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static void Prepare(string unit)
    {
        foreach (string part in s_parts)
        {
            string path = PathIn(unit, part);
            DirectoryInfo directory = Directory.CreateDirectory(path, RootOnly);
            if (directory.LinkTarget is not null)
            {
                throw new IOException($"{path} is a symbolic link");
            }

            if (directory.UnixFileMode != RootOnly)
            {
                directory.UnixFileMode = RootOnly;
            }
        }
    }

    /// <summary>Creates or opens a file in it that only root can open for writing.</summary>
    /// <returns>The file, opened for direct I/O.</returns>
    /// <exception cref="IOException">It cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public static FileStream OpenFile(string path)
    {
        FileStream file = Open(path);
        if (File.GetUnixFileMode(file.SafeFileHandle) == RootOnly)
        {
            return file;
        }

        // A process may still have it open from the time when everybody could write it.
        file.Dispose();
        File.Delete(path);
        return Open(path);
    }

    private static FileStream Open(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        Options = FileOptions.WriteThrough,
        BufferSize = 0,
        UnixCreateMode = RootOnly,
    });
}
