namespace KadaluFsd.Linux.Files;

/// <summary>
/// Makes the program's own files and directories, each with the mode it must have. The only place in the program that makes any.
/// </summary>
public static class OwnFiles
{
    private const string NewEnding = ".new";

    /// <summary>
    /// Makes a directory, and those above it that are missing. One that is there is kept from being written to by everybody.
    /// </summary>
    /// <param name="mode">Its mode; those above it get <see cref="FileModes.Directory"/>.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public static void CreateDirectory(string path, UnixFileMode mode = FileModes.Directory)
    {
        if (Directory.Exists(path))
        {
            CloseToOthers(path);
            return;
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent))
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(path, mode);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Makes a file that must not be there yet.</summary>
    /// <param name="path">The file; its directory is there.</param>
    /// <param name="share">What others may do meanwhile: nothing, by a lock that other programs of .NET respect (flock(2)),
    /// unless something else is said.</param>
    /// <returns>The file, without a buffer, open for writing, the caller's.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public static FileStream Create(string path, UnixFileMode mode, FileShare share = FileShare.None)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = share,
            BufferSize = 0,
            UnixCreateMode = mode,
        });
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        return file;
    }

    /// <summary>
    /// Opens a file to write at its end. It is made where it is missing; one that is there is kept from being written to by
    /// others than its owner.
    /// </summary>
    /// <param name="path">The file; its directory is made as well.</param>
    /// <param name="mode">Its mode where it is made.</param>
    /// <returns>The file, without a buffer, the caller's.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not open it.</exception>
    public static FileStream Append(string path, UnixFileMode mode)
    {
        CreateDirectory(Path.GetDirectoryName(path)!);
        bool isNew = !File.Exists(path);
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = mode,
        });
        if (FileStatus.Read(file.SafeFileHandle, out FileStatus status) == Errno.None && status.IsRegular &&
            status.User == ProcessCalls.EffectiveUser)
        {
            UnixFileMode now = File.GetUnixFileMode(file.SafeFileHandle);
            UnixFileMode wanted = isNew ? mode : now & ~FileModes.Forbidden;
            if (now != wanted)
            {
                File.SetUnixFileMode(file.SafeFileHandle, wanted);
            }
        }

        return file;
    }

    /// <summary>
    /// Puts a file in place of what is there, in one step. A crash of the machine may lose it; a crash of the process does not
    /// halve it.
    /// </summary>
    /// <param name="path">The file; its directory is made as well.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public static void Put(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        CreateDirectory(Path.GetDirectoryName(path)!);
        string whole = path + NewEnding;
        File.Delete(whole);
        try
        {
            using (FileStream file = Create(whole, mode))
            {
                file.Write(content);
            }

            File.Move(whole, path, overwrite: true);
        }
        catch
        {
            File.Delete(whole);
            throw;
        }
    }

    // One with the sticky bit is meant for everybody, such as /tmp; one of another user is not ours to change.
    private static void CloseToOthers(string path)
    {
        UnixFileMode now = File.GetUnixFileMode(path);
        if ((now & UnixFileMode.OtherWrite) != 0 && (now & UnixFileMode.StickyBit) == 0 &&
            FileStatus.Read(path, out FileStatus status) == Errno.None && status.User == ProcessCalls.EffectiveUser)
        {
            File.SetUnixFileMode(path, now & ~FileModes.Forbidden);
        }
    }
}
