using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Hosting;
using KadaluFsd.Linux;
using KadaluFsd.Storage;

namespace KadaluFsd.Daemons.Health;

/// <summary>
/// Checks a unit's directory: whether it is still the same one, and whether what is written can be read back. May take as long as
/// the disk does.
/// </summary>
/// <param name="descriptors">Without free descriptors clients cannot use the directory.</param>
internal sealed class DirectoryProbe(DescriptorBudget descriptors)
{
    // storage/posix's own health check writes the same file, hidden from clients.
    private const string FileName = ".glusterfs/health_check";

    // storage/posix reserves this much unless storage.reserve says otherwise; below it clients cannot write.
    private const ulong ReservedPercent = 1;

    private string _path = "";
    private Guid? _volumeId;
    private string _file = "";
    private FileStatus _status;

    /// <summary>Records which directory it is.</summary>
    /// <param name="path">Its path; it is known to be the unit's.</param>
    /// <param name="volumeId">The volume's id, which it carries; null where it needs none.</param>
    /// <exception cref="CommandException">It cannot be read.</exception>
    internal void Remember(string path, Guid? volumeId)
    {
        (_path, _volumeId, _file) = (path, volumeId, Path.Combine(path, FileName));
        if (FileStatus.Read(path, out _status) is not Errno.None and var error)
        {
            throw new CommandException(ExitCode.DirectoryRefused, $"unit directory {path}: {error.Describe()}");
        }
    }

    /// <summary>Runs one check.</summary>
    /// <returns>The problems; empty when there are none.</returns>
    internal IReadOnlyList<HealthProblem> Check()
    {
        if (FindReplacement() is { } replaced)
        {
            return [replaced];
        }

        var problems = new List<HealthProblem>(FindShortage());
        if (descriptors.Look() is { } exhausted)
        {
            problems.Add(exhausted);
        }

        if (problems.All(problem => problem.Code != HealthCodes.ReadOnly) && WriteAndRead() is { } failed &&
            problems.All(problem => problem.Code != failed.Code))
        {
            problems.Add(failed);
        }

        return problems;
    }

    private HealthProblem? FindReplacement()
    {
        if (FileStatus.Read(_path, out FileStatus status) is not Errno.None and var lost)
        {
            return lost is Errno.ENOENT or Errno.ENOTDIR
                ? new HealthProblem(HealthCodes.DirectoryMissing, $"{_path} is not there any more")
                : new HealthProblem(HealthCodes.Of(lost), $"stat {_path}: {lost.Describe()}");
        }

        if (!status.IsSameFile(_status))
        {
            return new HealthProblem(
                HealthCodes.WrongFileSystem,
                status.Device !=
                    _status.Device ? $"another file system is at {_path}: the unit's own was unmounted, or one was mounted " +
                    "over it" : $"another directory is at {_path}");
        }

        return _volumeId is null ? null : UnitDirectory.ReadVolumeId(_path, out Guid found) switch
        {
            Errno.None when found == _volumeId => null,
            Errno.None => new HealthProblem(HealthCodes.WrongVolume, $"{_path} belongs to volume {found} now"),
            Errno.ENODATA or Errno.ERANGE => new HealthProblem(
                HealthCodes.WrongVolume, $"{_path} has no {UnitDirectory.VolumeIdAttribute} any more, or none that is one"),
            Errno error =>
                new HealthProblem(HealthCodes.Of(error), $"{UnitDirectory.VolumeIdAttribute} of {_path}: {error.Describe()}"),
        };
    }

    private IEnumerable<HealthProblem> FindShortage()
    {
        if (FileSystemStatus.Read(_path, out FileSystemStatus now) is not Errno.None and var error)
        {
            yield return new HealthProblem(HealthCodes.Of(error), $"statvfs {_path}: {error.Describe()}");
            yield break;
        }

        if (now.IsReadOnly)
        {
            yield return new HealthProblem(HealthCodes.ReadOnly, $"the file system of {_path} is mounted read-only");
        }

        if (now.Available < now.Size / 100 * ReservedPercent)
        {
            yield return new HealthProblem(
                HealthCodes.DiskFull,
                $"less than {ReservedPercent} % of the file system of {_path} is left, which clients cannot have");
        }

        // Some file systems have no limit of inodes, and report 0.
        if (now.Inodes > 0 && now.AvailableInodes == 0)
        {
            yield return new HealthProblem(
                HealthCodes.InodesExhausted, $"the file system of {_path} has no inode left: no file can be created");
        }
    }

    // Overwritten in place, which needs no space after the first time; synchronous, so that the disk has to answer.
    private HealthProblem? WriteAndRead()
    {
        byte[] written = Encoding.ASCII.GetBytes(DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        byte[] read = new byte[written.Length];
        try
        {
            using FileStream stream = HiddenDirectory.OpenFile(_file);
            RandomAccess.Write(stream.SafeFileHandle, written, 0);
            int count = RandomAccess.Read(stream.SafeFileHandle, read, 0);
            return count == read.Length && read.AsSpan().SequenceEqual(written)
                ? null
                : new HealthProblem(HealthCodes.InputOutput, $"{_file} does not give back what was written");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In the runtime's exceptions for system calls HResult is the errno.
            return new HealthProblem(HealthCodes.Of((Errno)exception.HResult), $"{_file}: {exception.Message}");
        }
        catch (OutOfMemoryException exception)
        {
            return new HealthProblem(HealthCodes.MemoryExhausted, $"{_file}: {exception.Message}");
        }
    }
}
