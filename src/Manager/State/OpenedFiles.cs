using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Manager.State;

/// <summary>
/// The files that SQLite has open, as they are where they should be: it goes on writing into what was moved or removed, and nobody would find that
/// again.
/// </summary>
internal sealed class OpenedFiles
{
    private readonly string _path;
    private readonly Dictionary<string, FileStatus> _opened = [];
    private long _length;

    /// <summary>Notes which files they are.</summary>
    /// <param name="path">The database, which is open and was read from.</param>
    internal OpenedFiles(string path)
    {
        _path = path;
        _length = LengthOf(path);
        foreach (string file in (string[])[path, SqliteFile.JournalOf(path)])
        {
            if (FileStatus.Read(file, out FileStatus status) == Errno.None)
            {
                _opened[file] = status;
            }
        }
    }

    /// <summary>Looks whether they are still there.</summary>
    /// <exception cref="CommandException">They are not; says what helps.</exception>
    internal void Require()
    {
        long length = LengthOf(_path);
        if (length < _length || _opened.Any(file =>
            FileStatus.Read(file.Key, out FileStatus now) != Errno.None || !now.IsSameFile(file.Value)))
        {
            throw new CommandException(
                ExitCode.SystemRefused,
                $"{_path} (or its -wal) is not what this manager has opened any more: it was moved, removed, replaced or " +
                "cut, and nothing is written. Put it back as it was; or kadalu cluster backup FILE saves what the manager " +
                "knows still, then stop it, and kadalu cluster restore FILE");
        }

        _length = length;
    }

    // It never becomes shorter.
    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
