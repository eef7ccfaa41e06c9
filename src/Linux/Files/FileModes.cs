namespace KadaluFsd.Linux.Files;

/// <summary>
/// The modes of everything that this program creates outside of units' directories. They are set explicitly: storage/posix sets
/// the umask of its whole process to 0, and processes are started with different umasks.
/// </summary>
public static class FileModes
{
    /// <summary>0755: directories that others may search.</summary>
    public const UnixFileMode Directory =
        PrivateDirectory | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead |
        UnixFileMode.OtherExecute;

    /// <summary>0700: private directories.</summary>
    public const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>0644: what anybody may read, such as pid files and systemd's configuration.</summary>
    public const UnixFileMode Public = Record | UnixFileMode.OtherRead;

    /// <summary>0640: logs, and what is kept of a process that has ended.</summary>
    public const UnixFileMode Record = Secret | UnixFileMode.GroupRead;

    /// <summary>0600: what may have a password in it, such as definitions and volfiles.</summary>
    public const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>0660: unix sockets.</summary>
    public const UnixFileMode Socket = Secret | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>No file or directory of ours may have these bits: others than the owner could write to it.</summary>
    public const UnixFileMode Forbidden = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
}
