using KadaluFsd.Rpc.Gluster;
using KadaluFsd.Rpc.Onc;

namespace KadaluFsd.Serving.Routing;

/// <summary>Where a connection is dispatched to.</summary>
internal enum Route
{
    /// <summary>Not known yet: wait for more bytes.</summary>
    Undecided,

    /// <summary>This program: volfiles.</summary>
    Managed,

    /// <summary>The graph: everything else that a GlusterFS client sends, TLS included.</summary>
    Native,

    /// <summary>Nobody: close it.</summary>
    Refused,
}

/// <summary>Chooses the route of a connection of a certain port.</summary>
/// <param name="firstBytes">The bytes that have arrived, from the first one on.</param>
internal delegate Route RouteChooser(ReadOnlySpan<byte> firstBytes);

/// <summary>Chooses the route of a connection by its first bytes. Pure, so that it can be tested on byte arrays.</summary>
internal static class RouteDecision
{
    /// <summary>For a storage unit's own port.</summary>
    /// <param name="firstBytes">The bytes that have arrived, from the first one on.</param>
    internal static Route ForUnitPort(ReadOnlySpan<byte> firstBytes) => ForUnitPort(firstBytes, Route.Managed);

    /// <summary>
    /// For a unit's port whose graph speaks TLS: encrypted connections are the graph's, because nobody can tell what is in them.
    /// </summary>
    /// <param name="firstBytes">The bytes that have arrived, from the first one on.</param>
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
            // Unknown programs and procedures are answered here, with the error that RFC 5531 has for them.
            _ => Route.Managed,
        };
    }

    /// <summary>For a port with volfiles only: a pool's, a node's or a gateway's.</summary>
    /// <param name="firstBytes">The bytes that have arrived, from the first one on.</param>
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
