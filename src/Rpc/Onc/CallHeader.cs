using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Onc;

// RFC 5531 section 9:
//   struct rpc_msg { unsigned int xid; union switch (msg_type mtype) { case CALL: call_body cbody; ... } body; };
//   struct call_body { unsigned int rpcvers; unsigned int prog; unsigned int vers; unsigned int proc;
//                      opaque_auth cred; opaque_auth verf; /* procedure-specific parameters start here */ };
//   struct opaque_auth { auth_flavor flavor; opaque body<400>; };

/// <summary>The header of an ONC RPC call.</summary>
/// <param name="Xid">Transaction id; the reply repeats it.</param>
/// <param name="RpcVersion">Version of ONC RPC; only 2 is spoken. Where it differs, the fields behind it are zero.</param>
/// <param name="Program">Program number.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Procedure">Procedure number; 0 does nothing and answers.</param>
/// <param name="CredentialFlavor">What kind of credential the caller sent.</param>
/// <param name="Credential">The credential's body, a slice of the record.</param>
public readonly record struct CallHeader(
    uint Xid, uint RpcVersion, uint Program, uint Version, uint Procedure, AuthFlavor CredentialFlavor,
    ReadOnlyMemory<byte> Credential)
{
    /// <summary>The only version of ONC RPC there is.</summary>
    public const uint SupportedRpcVersion = 2;

    /// <summary>Reads a call's header; the reader then stands at the first argument.</summary>
    /// <param name="reader">At the start of a record.</param>
    /// <exception cref="ProtocolException">It is not a call, or not whole.</exception>
    public static CallHeader Read(ref XdrReader reader)
    {
        uint xid = reader.ReadUInt32();
        uint type = reader.ReadUInt32();
        if (type != (uint)MessageType.Call)
        {
            throw new ProtocolException($"message type {type} where a call was expected");
        }

        uint rpcVersion = reader.ReadUInt32();
        if (rpcVersion != SupportedRpcVersion)
        {
            return new CallHeader(xid, rpcVersion, 0, 0, 0, AuthFlavor.None, default);
        }

        uint program = reader.ReadUInt32();
        uint version = reader.ReadUInt32();
        uint procedure = reader.ReadUInt32();
        var flavor = (AuthFlavor)reader.ReadUInt32();
        ReadOnlyMemory<byte> credential = reader.ReadOpaque(RpcLimits.MaxAuthBody);
        _ = reader.ReadUInt32();
        _ = reader.ReadOpaque(RpcLimits.MaxAuthBody);
        return new CallHeader(xid, rpcVersion, program, version, procedure, flavor, credential);
    }

    /// <summary>Writes a call's header with an empty verifier; the arguments come next.</summary>
    public void Write(XdrWriter writer)
    {
        writer.WriteUInt32(Xid);
        writer.WriteUInt32((uint)MessageType.Call);
        writer.WriteUInt32(RpcVersion);
        writer.WriteUInt32(Program);
        writer.WriteUInt32(Version);
        writer.WriteUInt32(Procedure);
        writer.WriteUInt32((uint)CredentialFlavor);
        writer.WriteOpaque(Credential.Span);
        writer.WriteUInt32((uint)AuthFlavor.None);
        writer.WriteOpaque([]);
    }
}
