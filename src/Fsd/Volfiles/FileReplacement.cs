using KadaluFsd.Native.Linux;

namespace KadaluFsd.Fsd.Volfiles;

/// <summary>A text on its way into the place of a file: on disk under another name first, then all at once.</summary>
internal sealed class FileReplacement : IDisposable
{
    // Volfiles may have passwords in them.
    private const UnixFileMode NewMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Whoever writes one is done long before.
    private static readonly TimeSpan s_leftAfter = TimeSpan.FromMinutes(1);

    private readonly string _path;
    private readonly string _temporary;

    /// <summary>Writes the text beside the file, with the file's mode and owner.</summary>
    /// <param name="path">The file; where it is a link, what it leads to is replaced. It may be missing.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal FileReplacement(string path, byte[] text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _path = File.Exists(path) ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path : path;
        _temporary = $"{_path}.{Guid.NewGuid():N}";
        RemoveLeftovers(_path, s_leftAfter);
        try
        {
            using FileStream file = new(_temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = NewMode });
            if (FileStatus.Read(_path, out FileStatus there) == Errno.None)
            {
                _ = FileCalls.SetOwner(_temporary, there.User, there.Group);
                File.SetUnixFileMode(_temporary, File.GetUnixFileMode(_path));
            }

            file.Write(text);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Puts a text in a file's place, in one step.</summary>
    /// <param name="path">The file; it may be missing.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="IOException">It cannot be put there; the file stays what it was.</exception>
    internal static void Put(string path, byte[] text)
    {
        using var replacement = new FileReplacement(path, text);
        replacement.Commit();
    }

    /// <summary>Removes texts that never came into a file's place, because the process that wrote them was killed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="olderThan">How old they must be.</param>
    internal static void RemoveLeftovers(string path, TimeSpan olderThan)
    {
        foreach (string left in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}.*")
            .Where(left => Guid.TryParseExact(Path.GetExtension(left).TrimStart('.'), "N", out _) && DateTime.UtcNow - File.GetLastWriteTimeUtc(left) >= olderThan))
        {
            File.Delete(left);
        }
    }

    /// <summary>Puts it in the file's place.</summary>
    /// <exception cref="IOException">It cannot be put there; the file stays what it was.</exception>
    internal void Commit()
    {
        File.Move(_temporary, _path, overwrite: true);
        _ = FileCalls.FlushDirectory(Path.GetDirectoryName(_path)!);
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_temporary);
}
