using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

// rpc/xdr/src/glusterfs3-xdr.x: struct gf_common_rsp { int op_ret; int op_errno; opaque xdata<>; };

/// <summary>PING of the handshake or the dump program.</summary>
/// <param name="number">The procedure's number there.</param>
public sealed class PingProcedure(uint program, uint version, uint number) : RpcProcedure
{
    /// <inheritdoc/>
    public override uint Program => program;

    /// <inheritdoc/>
    public override uint Version => version;

    /// <inheritdoc/>
    public override uint Number => number;

    /// <inheritdoc/>
    public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results)
    {
        results.WriteInt32(0);
        results.WriteInt32(0);
        results.WriteOpaque([]);
    }
}
