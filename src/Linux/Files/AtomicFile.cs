namespace KadaluFsd.Linux.Files;

/// <summary>A text on its way into the place of a file: on disk under another name first, then all at once.</summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    // Locked as long as it is open: that tells it from what a killed process has left.
    private readonly FileStream _file;

    /// <summary>Writes the text beside the file.</summary>
    /// <param name="path">The file; where it is a link, what it leads to is replaced. It may be missing.</param>
    /// <param name="mode">The file's mode; null for the one that the file has, but that not everybody may write to it, or
    /// <see cref="FileModes.Secret"/> where it is missing.</param>
    /// <param name="makesDirectory">Whether to make the file's directory where it is missing; otherwise that is an error.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public AtomicFile(string path, byte[] text, UnixFileMode? mode = null, bool makesDirectory = true)
    {
        if (makesDirectory)
        {
            OwnFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        _path = File.Exists(path) ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path : path;
        _temporary = $"{_path}.{Guid.NewGuid():N}";
        RemoveLeftovers(_path);
        _file = OwnFiles.Create(_temporary, FileModes.Secret, FileShare.Read);
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

    /// <summary>Puts a text in a file's place, in one step.</summary>
    /// <param name="path">The file; it may be missing.</param>
    /// <param name="mode">Its mode, whatever the one is that it has.</param>
    /// <param name="makesDirectory">Whether to make the file's directory where it is missing; otherwise that is an error.</param>
    /// <exception cref="IOException">It cannot be put there; the file stays what it was.</exception>
    public static void Put(string path, byte[] text, UnixFileMode mode, bool makesDirectory = true)
    {
        using var replacement = new AtomicFile(path, text, mode, makesDirectory);
        replacement.Commit();
    }

    /// <summary>Removes texts that never came into a file's place, because the process that wrote them was killed.</summary>
    /// <param name="path">The file; its name may have <c>*</c> in it, for several.</param>
    public static void RemoveLeftovers(string path)
    {
        foreach (string left in FindLeftovers(path).Where(IsNobodys))
        {
            File.Delete(left);
        }
    }

    /// <summary>Finds such texts, and those that are being written.</summary>
    /// <returns>Their paths; none where the directory is missing.</returns>
    public static string[] FindLeftovers(string path) =>
        Path.GetDirectoryName(path) is { } directory && Directory.Exists(directory)
            ? [
                .. Directory.EnumerateFiles(directory, $"{Path.GetFileName(path)}.*")
                .Where(left => Guid.TryParseExact(Path.GetExtension(left).TrimStart('.'), "N", out _))] : [];

    /// <summary>Puts it in the file's place.</summary>
    /// <exception cref="IOException">It cannot be put there; the file stays what it was.</exception>
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

    private static bool IsNobodys(string left)
    {
        try
        {
            using var file = new FileStream(left, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0);
            return true;
        }
        catch (IOException)
        {
            // Somebody is writing it, or it is in its place by now.
            return false;
        }
    }
}
