namespace KadaluFsd.Rpc.Onc;

/// <summary>enum msg_type, RFC 5531 section 9.</summary>
public enum MessageType : uint
{
    /// <summary>CALL.</summary>
    Call = 0,

    /// <summary>REPLY.</summary>
    Reply = 1,
}

/// <summary>enum reply_stat, RFC 5531 section 9.</summary>
public enum ReplyStatus : uint
{
    /// <summary>MSG_ACCEPTED.</summary>
    Accepted = 0,

    /// <summary>MSG_DENIED.</summary>
    Denied = 1,
}

/// <summary>enum accept_stat, RFC 5531 section 9.</summary>
public enum AcceptStatus : uint
{
    /// <summary>SUCCESS: the procedure ran; its results follow.</summary>
    Success = 0,

    /// <summary>PROG_UNAVAIL: no such program here.</summary>
    ProgramUnavailable = 1,

    /// <summary>PROG_MISMATCH: the program is here in other versions; lowest and highest follow.</summary>
    ProgramMismatch = 2,

    /// <summary>PROC_UNAVAIL: the program has no such procedure.</summary>
    ProcedureUnavailable = 3,

    /// <summary>GARBAGE_ARGS: the arguments cannot be decoded.</summary>
    GarbageArguments = 4,

    /// <summary>SYSTEM_ERR: the procedure failed for a reason of its own.</summary>
    SystemError = 5,
}

/// <summary>enum reject_stat, RFC 5531 section 9.</summary>
public enum RejectStatus : uint
{
    /// <summary>RPC_MISMATCH: another version of ONC RPC; lowest and highest follow.</summary>
    RpcMismatch = 0,

    /// <summary>AUTH_ERROR: the caller is not who it must be; an <see cref="AuthStatus"/> follows.</summary>
    AuthError = 1,
}

/// <summary>enum auth_stat, RFC 5531 section 9: the ones a server answers with.</summary>
public enum AuthStatus : uint
{
    /// <summary>AUTH_OK.</summary>
    Ok = 0,

    /// <summary>AUTH_BADCRED: the credential cannot be understood.</summary>
    BadCredential = 1,

    /// <summary>AUTH_REJECTEDCRED: the client must begin a new session.</summary>
    RejectedCredential = 2,

    /// <summary>AUTH_BADVERF: the verifier cannot be understood.</summary>
    BadVerifier = 3,

    /// <summary>AUTH_REJECTEDVERF: the verifier expired or was replayed.</summary>
    RejectedVerifier = 4,

    /// <summary>AUTH_TOOWEAK: refused for security reasons, such as a flavor that is not accepted.</summary>
    TooWeak = 5,
}

/// <summary>Credential flavors: RFC 5531 section 8.2, and GlusterFS's own (rpc/rpc-lib/src/rpcsvc.h).</summary>
public enum AuthFlavor : uint
{
    /// <summary>AUTH_NONE.</summary>
    None = 0,

    /// <summary>AUTH_SYS.</summary>
    Sys = 1,

    /// <summary>AUTH_GLUSTERFS: GlusterFS's first form.</summary>
    GlusterFs = 5,

    /// <summary>AUTH_GLUSTERFS_v2, on management connections.</summary>
    GlusterFsV2 = 390039,

    /// <summary>AUTH_GLUSTERFS_v3, on data connections.</summary>
    GlusterFsV3 = 390040,
}
