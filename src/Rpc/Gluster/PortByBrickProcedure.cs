using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

// rpc/xdr/src/portmap-xdr.x:
//   struct pmap_port_by_brick_req { string brick<>; };
//   struct pmap_port_by_brick_rsp { int op_ret; int op_errno; int status; int port; };

/// <summary>PORTBYBRICK of the portmap program: a client whose volfile names no port asks for a unit's.</summary>
/// <param name="find">Returns the port of the unit with a directory; null where there is no such unit.</param>
public sealed class PortByBrickProcedure(Func<string, int?> find) : RpcProcedure
{
    /// <inheritdoc/>
    public override uint Program => GlusterPrograms.Portmap;

    /// <inheritdoc/>
    public override uint Version => GlusterPrograms.PortmapVersion;

    /// <inheritdoc/>
    public override uint Number => GlusterPrograms.PortByBrick;

    /// <inheritdoc/>
    public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results)
    {
        string brick = arguments.ReadString(RpcLimits.MaxVolfileKey);
        arguments.ExpectEnd();
        int? port = find(brick);
        results.WriteInt32(port is null ? -1 : 0);
        results.WriteInt32(port is null ? GlusterErrno.NoEntry : 0);
        results.WriteInt32(0);
        results.WriteInt32(port ?? 0);
    }
}
