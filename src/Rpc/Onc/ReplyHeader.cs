using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

// RFC 5531 section 9: union reply_body switch (reply_stat stat) { case MSG_ACCEPTED: accepted_reply areply; case MSG_DENIED:
// rejected_reply rreply; }; struct accepted_reply { opaque_auth verf; union switch (accept_stat stat) { case SUCCESS: opaque
// results[0]; case PROG_MISMATCH: struct { unsigned int low; unsigned int high; } mismatch_info; default: void; } reply_data; };
// union rejected_reply switch (reject_stat stat) { case RPC_MISMATCH: struct { unsigned int low; unsigned int high; }
// mismatch_info; case AUTH_ERROR: auth_stat stat; };

/// <summary>Writes and reads the headers of ONC RPC replies.</summary>
public static class ReplyHeader
{
    /// <summary>An accepted reply with an empty verifier. For <see cref="AcceptStatus.Success"/> the results come next.</summary>
    /// <param name="xid">The call's transaction id.</param>
    /// <param name="status">Any but <see cref="AcceptStatus.ProgramMismatch"/>, which has a method of its own.</param>
    public static void WriteAccepted(XdrWriter writer, uint xid, AcceptStatus status)
    {
        // xid, message type, reply status, flavour and length of the verifier, accept status
        writer.WriteWords([xid, (uint)MessageType.Reply, (uint)ReplyStatus.Accepted, (uint)AuthFlavor.None, 0, (uint)status]);
    }

    /// <summary>PROG_MISMATCH: the program is known, in other versions.</summary>
    /// <param name="xid">The call's transaction id.</param>
    /// <param name="low">Lowest version there is.</param>
    /// <param name="high">Highest version there is.</param>
    public static void WriteProgramMismatch(XdrWriter writer, uint xid, uint low, uint high)
    {
        WriteAccepted(writer, xid, AcceptStatus.ProgramMismatch);
        writer.WriteUInt32(low);
        writer.WriteUInt32(high);
    }

    /// <summary>RPC_MISMATCH: not version 2 of ONC RPC.</summary>
    /// <param name="xid">The call's transaction id.</param>
    public static void WriteRpcMismatch(XdrWriter writer, uint xid)
    {
        WriteDenied(writer, xid, RejectStatus.RpcMismatch);
        writer.WriteUInt32(CallHeader.SupportedRpcVersion);
        writer.WriteUInt32(CallHeader.SupportedRpcVersion);
    }

    /// <summary>AUTH_ERROR: the caller's credential is not accepted.</summary>
    /// <param name="xid">The call's transaction id.</param>
    public static void WriteAuthError(XdrWriter writer, uint xid, AuthStatus status)
    {
        WriteDenied(writer, xid, RejectStatus.AuthError);
        writer.WriteUInt32((uint)status);
    }

    /// <summary>Reads a reply's header; on return the reader stands at the first result.</summary>
    /// <param name="reader">Behind xid and message type.</param>
    /// <exception cref="RpcRefusedException">The reply is anything but a success; the message says what.</exception>
    /// <exception cref="ProtocolException">It is not a reply that RFC 5531 knows.</exception>
    public static void ExpectSuccess(ref XdrReader reader)
    {
        uint reply = reader.ReadUInt32();
        switch ((ReplyStatus)reply)
        {
            case ReplyStatus.Accepted:
                _ = reader.ReadUInt32();
                _ = reader.ReadOpaque(RpcLimits.MaxAuthBody);
                ExpectAccepted(ref reader);
                break;
            case ReplyStatus.Denied:
                ThrowDenied(ref reader);
                break;
            default:
                throw new ProtocolException($"reply status {reply}");
        }
    }

    private static void ExpectAccepted(ref XdrReader reader)
    {
        uint status = reader.ReadUInt32();
        if (status == (uint)AcceptStatus.Success)
        {
            return;
        }

        throw (AcceptStatus)status switch
        {
            AcceptStatus.ProgramUnavailable => new RpcRefusedException("PROG_UNAVAIL: the server does not have this program"),
            AcceptStatus.ProgramMismatch => new RpcRefusedException(
                $"PROG_MISMATCH: the server has versions {reader.ReadUInt32()} to {reader.ReadUInt32()} of this program"),
            AcceptStatus.ProcedureUnavailable => new RpcRefusedException("PROC_UNAVAIL: the program has no such procedure"),
            AcceptStatus.GarbageArguments => new RpcRefusedException("GARBAGE_ARGS: the server could not decode the arguments"),
            AcceptStatus.SystemError => new RpcRefusedException("SYSTEM_ERR: the server failed"),
            _ => new ProtocolException($"accept status {status}"),
        };
    }

    private static void ThrowDenied(ref XdrReader reader)
    {
        uint status = reader.ReadUInt32();
        throw (RejectStatus)status switch
        {
            RejectStatus.RpcMismatch => new RpcRefusedException(
                $"RPC_MISMATCH: the server speaks versions {reader.ReadUInt32()} to {reader.ReadUInt32()} of ONC RPC"),
            RejectStatus.AuthError => new RpcRefusedException($"AUTH_ERROR: {(AuthStatus)reader.ReadUInt32()}"),
            _ => new ProtocolException($"reject status {status}"),
        };
    }

    private static void WriteDenied(XdrWriter writer, uint xid, RejectStatus status)
    {
        writer.WriteUInt32(xid);
        writer.WriteUInt32((uint)MessageType.Reply);
        writer.WriteUInt32((uint)ReplyStatus.Denied);
        writer.WriteUInt32((uint)status);
    }
}
