using KadaluFsd.Rpc.Onc;
using KadaluFsd.Rpc.Xdr;

namespace KadaluFsd.Rpc.Gluster;

/// <summary>
/// FETCHSPEC of the callback program: tells a client that the volfile it fetched has changed. No arguments, no reply.
/// </summary>
public static class FetchSpecCallback
{
    /// <summary>Writes the call.</summary>
    /// <param name="writer">At the start of a record.</param>
    /// <param name="xid">Transaction id, from the server's own counter.</param>
    public static void Write(XdrWriter writer, uint xid) => new CallHeader(
        xid, CallHeader.SupportedRpcVersion, GlusterPrograms.Callback, GlusterPrograms.CallbackVersion, GlusterPrograms.FetchSpec,
        AuthFlavor.None, default).Write(writer);
}
