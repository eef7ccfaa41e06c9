namespace KadaluFsd.Linux.Files;

/// <summary>Replaces a file atomically: the text is written and synced to disk under another name first, then renamed.</summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    // Locked while it is open: that tells it from the leftovers of a killed process.
    private readonly FileStream _file;

    /// <summary>Writes the text to a temporary file beside the file.</summary>
    /// <param name="path">The file; a symbolic link is followed. It need not exist.</param>
    /// <param name="mode">The mode; null for the mode that the file has, without write permission for everybody, or <see
    /// cref="FileModes.Secret"/> if it does not exist.</param>
    /// <param name="makesDirectory">Whether to create the file's directory if it does not exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public AtomicFile(string path, byte[] text, UnixFileMode? mode = null, bool makesDirectory = true)
    {
        if (makesDirectory)
        {
            OwnFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        _path = File.Exists(path) ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path : path;
        RemoveLeftovers(_path);
        (_temporary, _file) = Create(_path);
        try
        {
            if (FileStatus.Read(_path, out FileStatus there) == Errno.None)
            {
                _ = FileCalls.SetOwner(_temporary, there.User, there.Group);
                mode ??= File.GetUnixFileMode(_path) & ~UnixFileMode.OtherWrite;
            }

            File.SetUnixFileMode(_file.SafeFileHandle, mode ?? FileModes.Secret);
            _file.Write(text);
            _file.Flush(flushToDisk: true);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Replaces a file atomically.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <param name="mode">Its new mode.</param>
    /// <param name="makesDirectory">Whether to create the file's directory if it does not exist.</param>
    /// <exception cref="IOException">It cannot be replaced; the file is unchanged.</exception>
    public static void Put(string path, byte[] text, UnixFileMode mode, bool makesDirectory = true)
    {
        using var replacement = new AtomicFile(path, text, mode, makesDirectory);
        replacement.Commit();
    }

    /// <summary>Removes temporary files of processes that were killed.</summary>
    /// <param name="path">The file; its name may have <c>*</c> in it, for several.</param>
    public static void RemoveLeftovers(string path)
    {
        foreach (string left in FindLeftovers(path))
        {
            RemoveIfNobodys(left);
        }
    }

    /// <summary>Finds temporary files, those that are being written included.</summary>
    /// <returns>Their paths; none where the directory is missing.</returns>
    public static string[] FindLeftovers(string path) =>
        Path.GetDirectoryName(path) is { } directory && Directory.Exists(directory)
            ? [
                .. Directory.EnumerateFiles(directory, $"{Path.GetFileName(path)}.*")
                .Where(left => Guid.TryParseExact(Path.GetExtension(left).TrimStart('.'), "N", out _))] : [];

    /// <summary>Renames the temporary file to the file.</summary>
    /// <exception cref="IOException">It cannot be replaced; the file is unchanged.</exception>
    public void Commit()
    {
        File.Move(_temporary, _path, overwrite: true);
        _ = FileCalls.FlushDirectory(Path.GetDirectoryName(_path)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_temporary);
        _file.Dispose();
    }

    // Whoever removes leftovers meanwhile may have locked it first, or removed it before it was locked: then it is another one.
    private static (string Path, FileStream File) Create(string path)
    {
        while (true)
        {
            string temporary = $"{path}.{Guid.NewGuid():N}";
            FileStream file;
            try
            {
                file = OwnFiles.Create(temporary, FileModes.Secret, FileShare.Read);
            }
            catch (IOException exception) when (exception.HResult == (int)Errno.EAGAIN)
            {
                File.Delete(temporary);
                continue;
            }

            if (FileStatus.Read(temporary, out _) != Errno.ENOENT)
            {
                return (temporary, file);
            }

            file.Dispose();
        }
    }

    // The lock is held until it is removed: nobody can have begun to write it.
    private static void RemoveIfNobodys(string left)
    {
        try
        {
            using var file = new FileStream(left, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
            File.Delete(left);
        }
        catch (IOException)
        {
            // It is being written, or has been renamed by now.
        }
    }
}
