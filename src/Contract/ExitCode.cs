namespace KadaluFsd.Contract;

/// <summary>Exit codes. The numbers are part of the program's interface: service managers and scripts act on them.</summary>
public enum ExitCode
{
    /// <summary>Success, or stopped on request.</summary>
    Success = 0,

    /// <summary>A defect of this program.</summary>
    InternalError = 1,

    /// <summary>An option is missing, unknown or out of range.</summary>
    Usage = 2,

    /// <summary>The unit's volfile cannot be read or used.</summary>
    VolfileRefused = 3,

    /// <summary>The unit's directory is missing, is not this unit's, or cannot be written.</summary>
    DirectoryRefused = 4,

    /// <summary>The port is in use, or may not be listened on.</summary>
    PortUnavailable = 5,

    /// <summary>GlusterFS is missing or another version, or its graph did not come up.</summary>
    GraphFailed = 6,

    /// <summary>A server could not be reached, or closed the connection.</summary>
    PeerUnreachable = 7,

    /// <summary>A server was reached and refused.</summary>
    PeerRefused = 8,

    /// <summary>The graph of a running unit went down.</summary>
    GraphDown = 9,

    /// <summary>The directory of a running unit failed: its disk, or what is mounted there.</summary>
    DirectoryFailed = 10,

    /// <summary>
    /// A pool command cannot be executed: the pool's definition, options, directories, ports or a running process are in the way.
    /// </summary>
    PoolRefused = 11,

    /// <summary>The operating system refused: a right is missing, a disk is full, a file system is read-only.</summary>
    SystemRefused = 12,

    /// <summary>What was asked for is there, and not all of it is well.</summary>
    Degraded = 20,

    /// <summary>A group of a pool has too few units to be used.</summary>
    NoQuorum = 21,
}
