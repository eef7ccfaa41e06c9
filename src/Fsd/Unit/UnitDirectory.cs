using KadaluFsd.Native.Linux;
using Mono.Unix.Native;

namespace KadaluFsd.Fsd.Unit;

/// <summary>The directory whose content a storage unit serves.</summary>
/// <param name="path">Its path.</param>
/// <param name="volumeId">The id it must carry.</param>
internal sealed class UnitDirectory(string path, Guid volumeId)
{
    /// <summary>The extended attribute with the id, 16 bytes (xlators/storage/posix/src/posix-common.c).</summary>
    internal const string VolumeIdAttribute = "trusted.glusterfs.volume-id";

    private const int VolumeIdLength = 16;

    /// <summary>Its path.</summary>
    internal string Path => path;

    /// <summary>Reads the id that a directory carries.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="volumeId">The id.</param>
    /// <returns>0, or why there is none: ENODATA where it has none, ERANGE where its length is wrong, or getxattr(2)'s reason.</returns>
    internal static Errno ReadVolumeId(string path, out Guid volumeId)
    {
        byte[] value = new byte[VolumeIdLength + 1];
        volumeId = Guid.Empty;
        long length = Syscall.getxattr(path, VolumeIdAttribute, value, (ulong)value.Length);
        if (length < 0)
        {
            return Stdlib.GetLastError();
        }

        if (length != VolumeIdLength)
        {
            return Errno.ERANGE;
        }

        volumeId = new Guid(value.AsSpan(0, VolumeIdLength), bigEndian: true);
        return 0;
    }

    /// <summary>Checks that the directory is there, is this unit's and can be written. Changes nothing.</summary>
    /// <param name="mayInitialise">Whether having no id is allowed.</param>
    /// <returns>True when it has its id; false when it has none, which is allowed then.</returns>
    /// <exception cref="StartException">It cannot be served; says why.</exception>
    internal bool Check(bool mayInitialise)
    {
        if (File.Exists(path))
        {
            throw Refused("it is not a directory");
        }

        if (!Directory.Exists(path))
        {
            throw Refused("there is no such directory: is its file system mounted?");
        }

        if (Syscall.statvfs(path, out Statvfs fileSystem) != 0)
        {
            throw Refused($"statvfs: {Stdlib.strerror(Stdlib.GetLastError())}");
        }

        if (fileSystem.f_flag.HasFlag(MountFlags.ST_RDONLY))
        {
            throw Refused("its file system is mounted read-only");
        }

        if (Syscall.access(path, AccessModes.R_OK | AccessModes.W_OK | AccessModes.X_OK) != 0)
        {
            throw Refused($"this user may not read and write it: {Stdlib.strerror(Stdlib.GetLastError())}");
        }

        return CheckVolumeId(mayInitialise);
    }

    /// <summary>Keeps other units away from the directory, whatever port they have.</summary>
    /// <returns>The lock; it ends with the process.</returns>
    internal DirectoryLock Lock() =>
        DirectoryLock.TryTake(path) ?? throw new StartException(
            ExitCode.DirectoryRefused, $"unit directory {path}: another process serves it, or holds a lock on it")
        { MayPass = true };

    /// <summary>Writes the id onto a directory that has none.</summary>
    internal void WriteVolumeId()
    {
        if (Syscall.setxattr(path, VolumeIdAttribute, ToBytes(volumeId), VolumeIdLength, XattrFlags.XATTR_CREATE) != 0)
        {
            throw Refused($"cannot set {VolumeIdAttribute}: {Stdlib.strerror(Stdlib.GetLastError())}");
        }
    }

    /// <summary>Creates what GlusterFS's index translator wants to find, where it is not there yet.</summary>
    internal void CreateIndices()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, ".glusterfs", "indices"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused($"cannot create .glusterfs/indices: {exception.Message}");
        }
    }

    private static byte[] ToBytes(Guid id) => id.ToByteArray(bigEndian: true);

    private bool CheckVolumeId(bool mayInitialise) => ReadVolumeId(path, out Guid found) switch
    {
        0 when found == volumeId => true,
        0 => throw Refused($"it belongs to volume {found}, not to {volumeId} of the volfile"),
        Errno.ENODATA when mayInitialise => false,
        Errno.ENODATA => throw Refused($"it has no {VolumeIdAttribute}: is its file system mounted? A new unit needs --init-directory once"),
        Errno.ERANGE => throw Refused($"its {VolumeIdAttribute} is not {VolumeIdLength} bytes long"),
        Errno.EOPNOTSUPP => throw Refused("its file system has no trusted extended attributes"),
        Errno error => throw Refused($"cannot read {VolumeIdAttribute}: {Stdlib.strerror(error)}"),
    };

    private StartException Refused(string reason) => new(ExitCode.DirectoryRefused, $"unit directory {path}: {reason}");
}
