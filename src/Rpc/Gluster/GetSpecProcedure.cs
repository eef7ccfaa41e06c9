using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

/// <summary>GETSPEC of the handshake program: a client fetches a volfile.</summary>
/// <param name="find">Finds the results, as XDR that never changes (<see cref="GetSpecReply.Encode"/>); called on the connection's thread.</param>
public sealed class GetSpecProcedure(Func<RpcPeer, GetSpecCall, ReadOnlyMemory<byte>> find) : RpcProcedure
{
    /// <inheritdoc/>
    public override uint Program => GlusterPrograms.Handshake;

    /// <inheritdoc/>
    public override uint Version => GlusterPrograms.HandshakeVersion;

    /// <inheritdoc/>
    public override uint Number => GlusterPrograms.GetSpec;

    /// <inheritdoc/>
    public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results) =>
        results.WriteLast(find(peer, GetSpecCall.Read(ref arguments)));
}
