using KadaluFsd.Linux;

namespace KadaluFsd.Contract;

/// <summary>The codes of <see cref="HealthProblem"/>: they are part of the program's interface.</summary>
public static class HealthCodes
{
    /// <summary>Nothing more can be written; files can be read.</summary>
    public const string DiskFull = "disk-full";

    /// <summary>No more files can be created.</summary>
    public const string InodesExhausted = "inodes-exhausted";

    /// <summary>The file system is mounted read-only.</summary>
    public const string ReadOnly = "read-only";

    /// <summary>The directory does not exist any more.</summary>
    public const string DirectoryMissing = "directory-missing";

    /// <summary>Another file system, or another directory, is at the directory's path.</summary>
    public const string WrongFileSystem = "wrong-file-system";

    /// <summary>The directory does not carry the volume's id any more.</summary>
    public const string WrongVolume = "wrong-volume";

    /// <summary>Reading or writing fails, or something else is read than was written.</summary>
    public const string InputOutput = "io-error";

    /// <summary>Reading or writing takes too long.</summary>
    public const string Timeout = "timeout";

    /// <summary>The process, or the system, has no descriptor left but those reserved for the process itself.</summary>
    public const string DescriptorsExhausted = "descriptors-exhausted";

    /// <summary>The system has no memory left for a check.</summary>
    public const string MemoryExhausted = "memory-exhausted";

    /// <summary>The graph says that it cannot serve.</summary>
    public const string GraphDown = "graph-down";

    /// <summary>The code for a failed system call on the directory.</summary>
    public static string Of(Errno error) => error switch
    {
        Errno.ENOSPC or Errno.EDQUOT => DiskFull,
        Errno.EROFS => ReadOnly,
        Errno.EMFILE or Errno.ENFILE => DescriptorsExhausted,
        Errno.ENOMEM or Errno.ENOBUFS or Errno.EAGAIN => MemoryExhausted,
        _ => InputOutput,
    };
}
