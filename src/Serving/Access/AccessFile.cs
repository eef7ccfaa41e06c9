using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Serving.Access;

/// <summary>The file of an access log, reopened once it has been moved away, as log rotation does. For one thread.</summary>
internal sealed class AccessFile : IDisposable
{
    private readonly string _path;
    private FileStream _file;
    private FileStatus _opened;

    private AccessFile(string path)
    {
        _path = path;
        _file = OpenFile();
    }

    /// <param name="path">Its path; its directory is created.</param>
    /// <exception cref="CommandException">It cannot be opened.</exception>
    internal static AccessFile Open(string path)
    {
        try
        {
            return new AccessFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                SystemRefusal.CodeOf(exception, ExitCode.Usage), $"cannot open the access log {path}: {exception.Message}");
        }
    }

    /// <summary>Writes lines.</summary>
    /// <exception cref="IOException">They cannot be written, as on a full disk.</exception>
    internal void Write(ReadOnlySpan<byte> lines)
    {
        Reopen();
        _file.Write(lines);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Reopen()
    {
        if (FileStatus.Read(_path, out FileStatus now) == Errno.None && now.IsSameFile(_opened))
        {
            return;
        }

        try
        {
            FileStream old = _file;
            _file = OpenFile();
            old.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The old file is better than none.
        }
    }

    private FileStream OpenFile()
    {
        FileStream file = OwnFiles.Append(_path, FileModes.Record);
        _ = FileStatus.Read(file.SafeFileHandle, out _opened);
        return file;
    }
}
