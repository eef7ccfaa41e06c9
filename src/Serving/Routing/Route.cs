using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;

namespace KadaluFsd.Serving.Routing;

/// <summary>Who serves a connection.</summary>
internal enum Route
{
    /// <summary>Not known yet: wait for more bytes.</summary>
    Undecided,

    /// <summary>This program: volfiles.</summary>
    Managed,

    /// <summary>The graph: everything else that a GlusterFS client says, TLS included.</summary>
    Native,

    /// <summary>Nobody: close it.</summary>
    Refused,
}

/// <summary>Decides who serves a connection that came in on a certain port.</summary>
/// <param name="firstBytes">What has arrived, from the first byte on.</param>
internal delegate Route RouteChooser(ReadOnlySpan<byte> firstBytes);

/// <summary>Decides from the first bytes of a connection who serves it. Pure, so that it can be tested on byte arrays.</summary>
internal static class RouteDecision
{
    /// <summary>Decides for a storage unit's own port.</summary>
    /// <param name="firstBytes">What has arrived, from the first byte on.</param>
    internal static Route ForUnitPort(ReadOnlySpan<byte> firstBytes) => ForUnitPort(firstBytes, Route.Managed);

    /// <summary>
    /// The same where the graph speaks TLS: what comes encrypted is for it, since nobody can tell what is in it.
    /// </summary>
    /// <param name="firstBytes">What has arrived, from the first byte on.</param>
    internal static Route ForEncryptedUnitPort(ReadOnlySpan<byte> firstBytes) => ForUnitPort(firstBytes, Route.Native);

    private static Route ForUnitPort(ReadOnlySpan<byte> firstBytes, Route ofTls)
    {
        CallPrefix prefix = CallPrefix.Inspect(firstBytes);
        return prefix.Kind switch
        {
            CallPrefixKind.Incomplete => Route.Undecided,
            CallPrefixKind.Tls => ofTls,
            CallPrefixKind.Garbage => Route.Refused,
            CallPrefixKind.Call when IsNative(prefix) => Route.Native,
            // What nobody knows, the managed side answers with the error that RFC 5531 has for it.
            _ => Route.Managed,
        };
    }

    /// <summary>Decides for a port with volfiles only: a pool's, or a gateway's.</summary>
    /// <param name="firstBytes">What has arrived, from the first byte on.</param>
    /// <returns>The route; never <see cref="Route.Native"/>.</returns>
    internal static Route ForVolfilePort(ReadOnlySpan<byte> firstBytes) => CallPrefix.Inspect(firstBytes).Kind switch
    {
        CallPrefixKind.Incomplete => Route.Undecided,
        CallPrefixKind.Garbage => Route.Refused,
        _ => Route.Managed,
    };

    private static bool IsNative(in CallPrefix call) => call.RpcVersion == CallHeader.SupportedRpcVersion && call.Program switch
    {
        GlusterPrograms.Dump or GlusterPrograms.FileOperations => true,
        GlusterPrograms.Handshake => call.Procedure is not
            (GlusterPrograms.GetSpec or GlusterPrograms.GetVolumeInfo or GlusterPrograms.GetSnapshotInfo),
        _ => false,
    };
}
