namespace KadaluFsd.Linux.Files;

/// <summary>
/// Creates the program's own files and directories, each with the mode it must have. The only place in the program that creates
/// any.
/// </summary>
public static class OwnFiles
{
    private const string NewEnding = ".new";

    /// <summary>Creates a directory, and its missing parents. An existing one loses write permission for everybody.</summary>
    /// <param name="mode">Its mode; those above it get <see cref="FileModes.Directory"/>.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not create it.</exception>
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

    /// <summary>Creates a file that must not exist.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="share">What other processes may do meanwhile: nothing by default, by a lock that other .NET programs respect
    /// (flock(2)).</param>
    /// <returns>The file, unbuffered, open for writing; owned by the caller.</returns>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not create it.</exception>
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
    /// Opens a file for appending. It is created if missing; an existing one loses write permission for others than its owner.
    /// </summary>
    /// <param name="path">The file; its directory is created too.</param>
    /// <param name="mode">The mode of a new file.</param>
    /// <returns>The file, unbuffered; owned by the caller.</returns>
    /// <exception cref="IOException">It cannot be opened, or is a named pipe that nobody reads.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not open it.</exception>
    public static FileStream Append(string path, UnixFileMode mode)
    {
        CreateDirectory(Path.GetDirectoryName(path)!);
        if (FileStatus.Read(path, out FileStatus there) == Errno.None && there.IsPipe && FileCalls.MayWrite(path) != Errno.None)
        {
            throw new IOException("it is a named pipe that nobody reads");
        }

        bool isNew = !File.Exists(path);
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = mode,
        });

        // FileMode.Append only begins at the end: a file that is cut meanwhile (copytruncate of logrotate) would get a hole.
        FileCalls.AlwaysAppend(file.SafeFileHandle);
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
    /// Replaces a file atomically, without syncing: a crash of the machine may lose it, a crash of the process leaves the old or
    /// the new one.
    /// </summary>
    /// <param name="path">The file; its directory is created too.</param>
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

    /// <summary>
    /// Removes a file that <see cref="Put"/> wrote, and what it left if its process was killed meanwhile. Nothing happens if there
    /// is none.
    /// </summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not remove it.</exception>
    public static void Remove(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
            File.Delete(path + NewEnding);
        }
    }

    // A directory with the sticky bit, such as /tmp, is meant for everybody; one of another user is not ours to change.
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
