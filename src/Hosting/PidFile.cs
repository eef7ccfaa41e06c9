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

    /// <summary>
    /// Creates the file for a process that was just started, and that takes it over: a manager may look for it before. Does
    /// nothing where there is one, or no directory for it.
    /// </summary>
    /// <param name="path">Path.</param>
    /// <param name="process">The process.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public static void Announce(string path, int process)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            return;
        }

        // Whole from the first moment, and never in the place of the process's own.
        string whole = $"{path}.{ContentOf(Environment.ProcessId).Trim()}.new";
        OwnFiles.Put(whole, Encoding.ASCII.GetBytes(ContentOf(process)), FileModes.Public);
        _ = FileCalls.Link(whole, path);
        File.Delete(whole);
    }

    /// <summary>Removes a file that was announced, if its process has ended without taking it over.</summary>
    /// <param name="path">Path.</param>
    /// <param name="process">The process.</param>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not remove it.</exception>
    public static void Withdraw(string path, int process)
    {
        if (File.Exists(path) && RecordLock.FindHolder(path) is null && File.ReadAllText(path) == ContentOf(process))
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// Leaves the file in place at the end, unlocked, as glusterfsd does: its managers remove it, and take a missing one for a
    /// failure.
    /// </summary>
    internal void Leave()
    {
        _file?.Dispose();
        _file = null;
    }

    private static string ContentOf(int process) => process.ToString(CultureInfo.InvariantCulture) + "\n";

    // Locked before it is visible at its path: no other process can have a lock on it.
    private void Put()
    {
        string whole = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
        FileStream? file = null;
        try
        {
            OwnFiles.CreateDirectory(Path.GetDirectoryName(path)!);
            if (FileStatus.Read(path!, out FileStatus there) == Errno.None && !there.IsRegular)
            {
                throw new IOException("there is something else than a file");
            }

            File.Delete(whole);
            file = OwnFiles.Create(whole, FileModes.Secret, FileShare.ReadWrite | FileShare.Delete);
            Errno error = RecordLock.Take(file.SafeFileHandle);
            if (error != Errno.None)
            {
                throw new IOException(error.Describe());
            }

            File.SetUnixFileMode(file.SafeFileHandle, FileModes.Public);

            file.Write(Encoding.ASCII.GetBytes(ContentOf(Environment.ProcessId)));
            _ = FileStatus.Read(file.SafeFileHandle, out _status);
            File.Move(whole, path!, overwrite: true);
            _file?.Dispose();
            (_file, file) = (file, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                SystemRefusal.CodeOf(exception, ExitCode.Usage), $"cannot write the pid file {path}: {exception.Message}");
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
