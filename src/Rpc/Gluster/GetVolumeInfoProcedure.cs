using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

// rpc/xdr/src/glusterfs3-xdr.x:
//   struct gf_get_volume_info_req { opaque dict<>; };
//   struct gf_get_volume_info_rsp { int op_ret; int op_errno; string op_errstr<>; opaque dict<>; };

/// <summary>GET_VOLUME_INFO of the handshake program: NFS-Ganesha asks for a volume's id before it exports it.</summary>
/// <param name="find">Returns the id of the volume with a name; null where there is none.</param>
public sealed class GetVolumeInfoProcedure(Func<string, Guid?> find) : RpcProcedure
{
    /// <inheritdoc/>
    public override uint Program => GlusterPrograms.Handshake;

    /// <inheritdoc/>
    public override uint Version => GlusterPrograms.HandshakeVersion;

    /// <inheritdoc/>
    public override uint Number => GlusterPrograms.GetVolumeInfo;

    /// <inheritdoc/>
    public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results)
    {
        GlusterDict request = GlusterDict.Decode(arguments.ReadOpaque(RpcLimits.MaxDict));
        arguments.ExpectEnd();
        Guid? id = request.GetString("volname"u8) is { } name ? find(name) : null;

        // The bit mask "flags" has one bit so far, for the only thing there is to ask: the id.
        results.WriteInt32(id is null ? -1 : 0);
        results.WriteInt32(id is null ? GlusterErrno.Invalid : 0);
        results.WriteString(id is null ? "there is no such volume" : "");
        results.WriteOpaque(id is null ? [] : new GlusterDict().Add("volume_id", id.Value.ToString("D")).Encoded.Span);
    }
}
