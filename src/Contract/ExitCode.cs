namespace KadaluFsd.Contract;

/// <summary>How the program ends. The numbers are part of its interface: service managers and scripts act on them.</summary>
public enum ExitCode
{
    /// <summary>Done, or stopped because it was asked to.</summary>
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

    /// <summary>A server could not be reached, or broke off.</summary>
    PeerUnreachable = 7,

    /// <summary>A server was reached and said no.</summary>
    PeerRefused = 8,

    /// <summary>The unit ran, and its graph went down by itself.</summary>
    GraphDown = 9,

    /// <summary>The unit ran, and its directory failed: its disk, or what is mounted there.</summary>
    DirectoryFailed = 10,

    /// <summary>What was asked of a pool cannot be done: its definition, its directories or its ports are in the way.</summary>
    PoolRefused = 11,

    /// <summary>The system did not let it: a right is missing, a disk is full, a file system is read-only.</summary>
    SystemRefused = 12,
}
