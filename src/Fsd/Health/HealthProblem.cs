using System.Text.Json.Serialization;
using KadaluFsd.Linux;

namespace KadaluFsd.Fsd.Health;

/// <summary>How a unit's directory is.</summary>
internal enum HealthState
{
    /// <summary>It can be read and written.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Clients are served, and something needs attention.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>It cannot be served.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>What is wrong with a unit's directory.</summary>
/// <param name="Code">For programs, such as <c>disk-full</c>; see <see cref="HealthCodes"/>.</param>
/// <param name="Text">For people.</param>
internal sealed record HealthProblem(string Code, string Text);

/// <summary>The codes of <see cref="HealthProblem"/>, and how serious each is. They are part of the program's interface.</summary>
internal static class HealthCodes
{
    /// <summary>Nothing more can be written; what is there can be read.</summary>
    internal const string DiskFull = "disk-full";

    /// <summary>No more files can be created.</summary>
    internal const string InodesExhausted = "inodes-exhausted";

    /// <summary>The file system is mounted read-only.</summary>
    internal const string ReadOnly = "read-only";

    /// <summary>The directory is not there any more.</summary>
    internal const string DirectoryMissing = "directory-missing";

    /// <summary>Another file system, or another directory, is at the directory's path.</summary>
    internal const string WrongFileSystem = "wrong-file-system";

    /// <summary>The directory does not carry the volume's id any more.</summary>
    internal const string WrongVolume = "wrong-volume";

    /// <summary>Reading or writing fails, or gives back something else than was written.</summary>
    internal const string InputOutput = "io-error";

    /// <summary>Reading or writing takes too long.</summary>
    internal const string Timeout = "timeout";

    /// <summary>The process, or the system, has no descriptor left but those that are kept for the process itself.</summary>
    internal const string DescriptorsExhausted = "descriptors-exhausted";

    /// <summary>The system has no memory left for what a look at the directory needs.</summary>
    internal const string MemoryExhausted = "memory-exhausted";

    /// <summary>The graph says that it cannot serve.</summary>
    internal const string GraphDown = "graph-down";

    /// <summary>What a failed system call says of the directory: most of all, what is not its disk's fault.</summary>
    /// <param name="error">Why it failed.</param>
    /// <returns>The code.</returns>
    internal static string Of(Errno error) => error switch
    {
        Errno.ENOSPC or Errno.EDQUOT => DiskFull,
        Errno.EROFS => ReadOnly,
        Errno.EMFILE or Errno.ENFILE => DescriptorsExhausted,
        Errno.ENOMEM or Errno.ENOBUFS or Errno.EAGAIN => MemoryExhausted,
        _ => InputOutput,
    };

    /// <summary>How bad one look that found this is: degraded for good, degraded until it was found often enough, or failed at once.</summary>
    /// <param name="code">The code.</param>
    /// <returns>Degraded for what clients can live with; Failed for what no second look can change; null for what may pass.</returns>
    internal static HealthState? Weigh(string code) => code switch
    {
        DiskFull or InodesExhausted or DescriptorsExhausted or MemoryExhausted => HealthState.Degraded,
        DirectoryMissing or WrongFileSystem or WrongVolume or GraphDown => HealthState.Failed,
        _ => null,
    };
}
