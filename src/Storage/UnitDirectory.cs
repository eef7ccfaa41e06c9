using KadaluFsd.Contract;
using KadaluFsd.Linux;

namespace KadaluFsd.Storage;

/// <summary>The directory whose content a storage unit serves.</summary>
/// <param name="volumeId">The id it must carry; null where it needs none.</param>
public sealed class UnitDirectory(string path, Guid? volumeId)
{
    /// <summary>The extended attribute with the id, 16 bytes (xlators/storage/posix/src/posix-common.c).</summary>
    public const string VolumeIdAttribute = "trusted.glusterfs.volume-id";

    /// <summary>The prefix of the extended attributes that GlusterFS marks a unit's files with.</summary>
    public const string MarkPrefix = "trusted.";

    /// <summary>The prefix of the directory in which cluster/replicate keeps what is being moved or removed.</summary>
    public const string AnonymousPrefix = ".glusterfs-anonymous-inode-";

    /// <summary>The file system's own directory in the root of a file system.</summary>
    public const string LostAndFound = "lost+found";

    private const int VolumeIdLength = 16;

    /// <summary>Its path.</summary>
    public string Path => path;

    /// <summary>Reads the id that a directory carries.</summary>
    /// <returns>Why there is none: ENODATA where it has none, ERANGE where its length is wrong, or getxattr(2)'s reason. None
    /// where there is one.</returns>
    public static Errno ReadVolumeId(string path, out Guid volumeId)
    {
        Span<byte> value = stackalloc byte[VolumeIdLength + 1];
        volumeId = Guid.Empty;
        Errno error = ExtendedAttribute.Read(path, VolumeIdAttribute, value, out int length);
        if (error != Errno.None || length != VolumeIdLength)
        {
            return error != Errno.None ? error : Errno.ERANGE;
        }

        volumeId = new Guid(value[..VolumeIdLength], bigEndian: true);
        return Errno.None;
    }

    /// <summary>Whether a directory carries the id of a pool.</summary>
    /// <returns>False also where it does not exist or cannot be read.</returns>
    public static bool IsOf(Guid volumeId, string path) => ReadVolumeId(path, out Guid found) == Errno.None && found == volumeId;

    /// <summary>Checks that the directory exists, is this unit's and can be written. Changes nothing.</summary>
    /// <param name="mayInitialise">Whether having no id is allowed.</param>
    /// <returns>True when it has the id that it needs; false when it has none, which is allowed then.</returns>
    /// <exception cref="CommandException">It cannot be served; says why.</exception>
    public bool Check(bool mayInitialise)
    {
        if (File.Exists(path))
        {
            throw Refused("it is not a directory");
        }

        if (!Directory.Exists(path))
        {
            throw Refused("there is no such directory: is its file system mounted?");
        }

        if (FileSystemStatus.Read(path, out FileSystemStatus fileSystem) is not Errno.None and var unreadable)
        {
            throw Refused($"statvfs: {unreadable.Describe()}");
        }

        if (fileSystem.IsReadOnly)
        {
            throw Refused("its file system is mounted read-only");
        }

        if (FileCalls.MayUse(path) is not Errno.None and var forbidden)
        {
            throw Refused($"this user may not read and write it: {forbidden.Describe()}");
        }

        return volumeId is null || CheckVolumeId(mayInitialise);
    }

    /// <summary>Locks the directory against other units, whatever port they have.</summary>
    /// <returns>The lock; it ends with the process.</returns>
    public DirectoryLock Lock() => DirectoryLock.Take(path, out DirectoryLock? taken) switch
    {
        Errno.None => taken!,
        Errno.EAGAIN =>
            throw new CommandException(ExitCode.DirectoryRefused,
                $"unit directory {path}: another process serves it, or holds a lock on it")
            { MayPass = true },
        Errno error => throw Refused($"cannot be locked: {error.Describe()}"),
    };

    /// <summary>Writes the id to a directory that has none.</summary>
    public void WriteVolumeId()
    {
        if (volumeId is { } id &&
            ExtendedAttribute.Create(path, VolumeIdAttribute, id.ToByteArray(bigEndian: true)) is not Errno.None and var error)
        {
            throw Refused($"cannot set {VolumeIdAttribute}: {error.Describe()}");
        }
    }

    /// <summary>
    /// Removes the unit's id from the directory. Does nothing if the directory has another id, none, or does not exist.
    /// </summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public bool RemoveVolumeId()
    {
        if (volumeId is not { } id || !IsOf(id, path))
        {
            return false;
        }

        return ExtendedAttribute.Remove(path, VolumeIdAttribute) is not Errno.None and var error
            ? throw Refused($"cannot remove {VolumeIdAttribute}: {error.Describe()}") : true;
    }

    /// <summary>Creates <c>.glusterfs</c> with what GlusterFS expects in it, if missing, and closes it to others.</summary>
    public void PrepareHidden()
    {
        try
        {
            HiddenDirectory.Prepare(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused($"cannot create .glusterfs/indices: {exception.Message}");
        }
    }

    private bool CheckVolumeId(bool mayInitialise) => ReadVolumeId(path, out Guid found) switch
    {
        Errno.None when found == volumeId => true,
        Errno.None => throw Refused($"it belongs to volume {found}, not to {volumeId} of the volfile"),
        Errno.ENODATA when mayInitialise => false,
        Errno.ENODATA =>
            throw Refused(
                $"it has no {VolumeIdAttribute}: is its file system mounted? After its disk was replaced: kadalu unit replace " +
                $"POOL NODE:{path}. A new unit needs --init-directory once"),
        Errno.ERANGE => throw Refused($"its {VolumeIdAttribute} is not {VolumeIdLength} bytes long"),
        Errno.EOPNOTSUPP => throw Refused("its file system has no trusted extended attributes"),
        Errno error => throw Refused($"cannot read {VolumeIdAttribute}: {error.Describe()}"),
    };

    private CommandException Refused(string reason) => new(ExitCode.DirectoryRefused, $"unit directory {path}: {reason}");
}
