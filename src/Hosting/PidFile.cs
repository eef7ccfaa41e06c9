using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;

namespace KadaluFsd.Hosting;

/// <summary>
/// A file with this process's id, for managers that find their processes by it. The process holds a lock on it, as glusterfsd
/// does (<see cref="RecordLock"/>), so that the kernel knows its owner, whatever the file says.
/// </summary>
/// <param name="path">Path; null for none.</param>
public sealed class PidFile(string? path) : IDisposable
{
    // This process must never open it again: closing it would end the lock.
    private FileStream? _file;
    private FileStatus _status;

    private string Content { get; } = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n";

    /// <summary>Whether it is in place and owned by this process.</summary>
    internal bool IsInPlace =>
        _file is not null && FileStatus.ReadLink(path!, out FileStatus there) == Errno.None && there.IsSameFile(_status);

    /// <summary>
    /// Puts the file in place atomically, unless another running process has it. Called first, so that a process that is starting
    /// can be found. Creates no directory.
    /// </summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    internal void TryTake()
    {
        if (path is not null && Directory.Exists(Path.GetDirectoryName(path)))
        {
            PutIfNobodyHasIt();
        }
    }

    /// <summary>
    /// Ensures that the file is in place. Called when the process has claimed everything that only one process can have.
    /// </summary>
    /// <returns>True; throws otherwise.</returns>
    /// <exception cref="CommandException">Another process has it (transient), or it cannot be written.</exception>
    public bool Take()
    {
        if (path is null)
        {
            return true;
        }

        PutIfNobodyHasIt();
        return IsInPlace
            ? true
            : throw new CommandException(ExitCode.Usage,
                $"the pid file {path} is another " +
                $"process's{(RecordLock.FindHolder(path) is { } holder ? $", {holder}" : "")}")
            { MayPass = true };
    }

    /// <summary>
    /// Removes the file if this process still owns it: a manager may have removed it and started the next process.
    /// </summary>
    public void Dispose()
    {
        try
        {
            if (IsInPlace)
            {
                File.Delete(path!);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Mostly it has been removed already.
        }

        _file?.Dispose();
        _file = null;
    }

    private void PutIfNobodyHasIt()
    {
        if (!IsInPlace && RecordLock.FindHolder(path!) is null)
        {
            Put();
        }
    }

    // Locked before it is visible at its path: no other process can have a lock on it.
    private void Put()
    {
        string whole = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        FileStream? file = null;
        try
        {
            OwnFiles.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(whole);
            file = OwnFiles.Create(whole, FileModes.Secret, FileShare.ReadWrite | FileShare.Delete);
            Errno error = RecordLock.Take(file.SafeFileHandle);
            if (error != Errno.None)
            {
                throw new IOException(error.Describe());
            }

            File.SetUnixFileMode(file.SafeFileHandle, FileModes.Public);

            file.Write(Encoding.ASCII.GetBytes(Content));
            _ = FileStatus.Read(file.SafeFileHandle, out _status);
            File.Move(whole, path!, overwrite: true);
            _file?.Dispose();
            (_file, file) = (file, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"cannot write the pid file {path}: {exception.Message}");
        }
        finally
        {
            if (file is not null)
            {
                file.Dispose();
                File.Delete(whole);
            }
        }
    }
}
