namespace KadaluFsd.Rpc.Gluster;

/// <summary>Program and procedure numbers of GlusterFS (rpc/rpc-lib/src/protocol-common.h, rpcsvc.h).</summary>
public static class GlusterPrograms
{
    /// <summary>GLUSTER_HNDSK_PROGRAM: the handshake, volfiles included.</summary>
    public const uint Handshake = 14398633;

    /// <summary>GLUSTER_HNDSK_VERSION.</summary>
    public const uint HandshakeVersion = 2;

    /// <summary>GF_HNDSK_GETSPEC: fetch a volfile.</summary>
    public const uint GetSpec = 2;

    /// <summary>GF_HNDSK_PING.</summary>
    public const uint HandshakePing = 3;

    /// <summary>GF_HNDSK_GET_VOLUME_INFO: fetch a volume's id.</summary>
    public const uint GetVolumeInfo = 6;

    /// <summary>GF_HNDSK_GET_SNAPSHOT_INFO.</summary>
    public const uint GetSnapshotInfo = 7;

    /// <summary>GLUSTER_DUMP_PROGRAM: what programs a server has.</summary>
    public const uint Dump = 123451501;

    /// <summary>GLUSTER_DUMP_VERSION.</summary>
    public const uint DumpVersion = 1;

    /// <summary>GF_DUMP_DUMP.</summary>
    public const uint DumpDump = 1;

    /// <summary>GF_DUMP_PING.</summary>
    public const uint DumpPing = 2;

    /// <summary>GLUSTER_PMAP_PROGRAM: which port a unit listens on.</summary>
    public const uint Portmap = 34123456;

    /// <summary>GLUSTER_PMAP_VERSION.</summary>
    public const uint PortmapVersion = 1;

    /// <summary>GF_PMAP_PORTBYBRICK.</summary>
    public const uint PortByBrick = 1;

    /// <summary>GLUSTER_FOP_PROGRAM: file operations.</summary>
    public const uint FileOperations = 1298437;

    /// <summary>GLUSTER_CBK_PROGRAM: calls that a server makes to its clients.</summary>
    public const uint Callback = 52743234;

    /// <summary>GLUSTER_CBK_VERSION.</summary>
    public const uint CallbackVersion = 1;

    /// <summary>GF_CBK_FETCHSPEC: fetch your volfile again.</summary>
    public const uint FetchSpec = 1;
}

/// <summary>
/// Error numbers as they go over the wire (libglusterfs/src/glusterfs/compat-errno.h); equal to Linux's where both have one.
/// </summary>
public static class GlusterErrno
{
    /// <summary>GF_ERROR_CODE_NOENT.</summary>
    public const int NoEntry = 2;

    /// <summary>GF_ERROR_CODE_ACCES.</summary>
    public const int Access = 13;

    /// <summary>GF_ERROR_CODE_INVAL.</summary>
    public const int Invalid = 22;
}
