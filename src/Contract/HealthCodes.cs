using KadaluFsd.Linux;

namespace KadaluFsd.Contract;

/// <summary>The codes of <see cref="HealthProblem"/>: they are part of the program's interface.</summary>
public static class HealthCodes
{
    /// <summary>Nothing more can be written; what is there can be read.</summary>
    public const string DiskFull = "disk-full";

    /// <summary>No more files can be created.</summary>
    public const string InodesExhausted = "inodes-exhausted";

    /// <summary>The file system is mounted read-only.</summary>
    public const string ReadOnly = "read-only";

    /// <summary>The directory is not there any more.</summary>
    public const string DirectoryMissing = "directory-missing";

    /// <summary>Another file system, or another directory, is at the directory's path.</summary>
    public const string WrongFileSystem = "wrong-file-system";

    /// <summary>The directory does not carry the volume's id any more.</summary>
    public const string WrongVolume = "wrong-volume";

    /// <summary>Reading or writing fails, or gives back something else than was written.</summary>
    public const string InputOutput = "io-error";

    /// <summary>Reading or writing takes too long.</summary>
    public const string Timeout = "timeout";

    /// <summary>The process, or the system, has no descriptor left but those that are kept for the process itself.</summary>
    public const string DescriptorsExhausted = "descriptors-exhausted";

    /// <summary>The system has no memory left for what a look at the directory needs.</summary>
    public const string MemoryExhausted = "memory-exhausted";

    /// <summary>The graph says that it cannot serve.</summary>
    public const string GraphDown = "graph-down";

    /// <summary>What a failed system call says of the directory: most of all, what is not its disk's fault.</summary>
    public static string Of(Errno error) => error switch
    {
        Errno.ENOSPC or Errno.EDQUOT => DiskFull,
        Errno.EROFS => ReadOnly,
        Errno.EMFILE or Errno.ENFILE => DescriptorsExhausted,
        Errno.ENOMEM or Errno.ENOBUFS or Errno.EAGAIN => MemoryExhausted,
        _ => InputOutput,
    };
}
