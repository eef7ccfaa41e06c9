using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

/// <summary>GETSPEC of the handshake program: a client fetches a volfile.</summary>
/// <param name="find">Finds the results, as XDR that never changes (<see cref="GetSpecReply.Encode"/>); called on the
/// connection's thread.</param>
public sealed class GetSpecProcedure(Func<RpcPeer, GetSpecCall, ReadOnlyMemory<byte>> find) : RpcProcedure
{
    // When a volfile has changed, all clients of its pool send the same arguments: these are decoded once. See VolfileService for
    // the benchmark line.
    private volatile Decoded? _last;

    /// <inheritdoc/>
    public override uint Program => GlusterPrograms.Handshake;

    /// <inheritdoc/>
    public override uint Version => GlusterPrograms.HandshakeVersion;

    /// <inheritdoc/>
    public override uint Number => GlusterPrograms.GetSpec;

    /// <inheritdoc/>
    public override void Invoke(RpcPeer peer, ref XdrReader arguments, XdrWriter results) =>
        results.WriteLast(find(peer, Decode(arguments)));

    private GetSpecCall Decode(XdrReader arguments)
    {
        if (_last is not { } last || !arguments.Rest.Span.SequenceEqual(last.Arguments))
        {
            byte[] copy = arguments.Rest.ToArray();
            var reader = new XdrReader(copy);
            _last = last = new Decoded(copy, GetSpecCall.Read(ref reader));
        }

        return last.Call;
    }

    // A call, and the bytes it is made of.
    private sealed record Decoded(byte[] Arguments, GetSpecCall Call);
}
