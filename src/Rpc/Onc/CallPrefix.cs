using System.Buffers.Binary;

namespace KadaluFsd.Rpc.Onc;

/// <summary>What the first bytes of a connection are.</summary>
public enum CallPrefixKind
{
    /// <summary>Too few bytes to tell.</summary>
    Incomplete,

    /// <summary>The start of a call; <see cref="CallPrefix"/> says of what.</summary>
    Call,

    /// <summary>
    /// A record whose first fragment is shorter than a call header: legal, but only a full decoder can tell more.
    /// </summary>
    Fragmented,

    /// <summary>The start of a TLS record that carries a ClientHello.</summary>
    Tls,

    /// <summary>Neither RPC nor TLS.</summary>
    Garbage,
}

/// <summary>The part of a call that its connection is dispatched by.</summary>
/// <param name="Kind">What the bytes are; the numbers below are set for a call only.</param>
/// <param name="RpcVersion">Version of ONC RPC.</param>
/// <param name="Program">Program number.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="Procedure">Procedure number.</param>
public readonly record struct CallPrefix(CallPrefixKind Kind, uint RpcVersion, uint Program, uint Version, uint Procedure)
{
    // The header behind the mark: xid, message type, RPC version, program, version, procedure.
    private const int HeaderLength = RpcLimits.CallPrefix - RecordMark.Size;

    // RFC 8446 section 5.1: ContentType handshake(22), then a legacy version of 3.x.
    private const byte TlsHandshake = 0x16;
    private const byte TlsMajorVersion = 0x03;

    // A first fragment longer than this is no call that any GlusterFS program knows: a write carries at most 1 MiB of data.
    private const uint LongestFirstFragment = 16 * 1024 * 1024;

    /// <summary>Classifies the first bytes of a connection.</summary>
    /// <param name="bytes">What has arrived, from the first byte on; more than <see cref="RpcLimits.CallPrefix"/> are not
    /// needed.</param>
    /// <returns>Their kind; <see cref="CallPrefixKind.Incomplete"/> until it is certain.</returns>
    public static CallPrefix Inspect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 2 && bytes[0] == TlsHandshake && bytes[1] == TlsMajorVersion)
        {
            return Of(CallPrefixKind.Tls);
        }

        if (bytes.Length < RecordMark.Size)
        {
            return Of(CallPrefixKind.Incomplete);
        }

        uint mark = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        uint length = mark & 0x7fff_ffff;
        bool last = mark != length;
        if (length > LongestFirstFragment || (last && length < HeaderLength))
        {
            return Of(CallPrefixKind.Garbage);
        }

        if (length < HeaderLength)
        {
            return Of(CallPrefixKind.Fragmented);
        }

        if (bytes.Length < RpcLimits.CallPrefix)
        {
            return bytes.Length >= 12 && !IsCall(bytes) ? Of(CallPrefixKind.Garbage) : Of(CallPrefixKind.Incomplete);
        }

        return IsCall(bytes)
            ? new CallPrefix(CallPrefixKind.Call, Word(bytes, 12), Word(bytes, 16), Word(bytes, 20), Word(bytes, 24))
            : Of(CallPrefixKind.Garbage);
    }

    private static bool IsCall(ReadOnlySpan<byte> bytes) => Word(bytes, 8) == (uint)MessageType.Call;

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private static CallPrefix Of(CallPrefixKind kind) => new(kind, 0, 0, 0, 0);
}
