namespace KadaluFsd.Rpc.Onc;

/// <summary>Why a connection ended. The first reason is kept.</summary>
public enum RpcCloseReason
{
    /// <summary>The peer closed it between two records.</summary>
    PeerClosed,

    /// <summary>The peer closed it inside a record.</summary>
    Truncated,

    /// <summary>The transport failed, mostly a reset by the peer.</summary>
    Reset,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolError,

    /// <summary><see cref="RpcServerConnection.Close"/> was called: a deadline passed, or the server stops.</summary>
    Closed,
}
