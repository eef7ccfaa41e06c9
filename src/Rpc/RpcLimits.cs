namespace KadaluFsd.Rpc;

/// <summary>Everything a peer can make this process hold or allocate, on one screen. All sizes are in bytes.</summary>
/// <remarks>A length from the wire is compared with its limit here and with the bytes really present before anything is
/// allocated.</remarks>
public static class RpcLimits
{
    /// <summary>Longest call record accepted from a client, fragments joined. Stock handshake calls stay below 2 KiB.</summary>
    public const int MaxCallRecord = 128 * 1024;

    /// <summary>
    /// Longest reply record accepted from a server. A pool of 1,000 units has a client volfile of about 600 KiB.
    /// </summary>
    public const int MaxReplyRecord = 16 * 1024 * 1024;

    /// <summary>Most fragments in one record. Stock peers send one; without a bound, empty fragments would never end.</summary>
    public const int MaxFragments = 32;

    /// <summary>
    /// Longest credential or verifier body: RFC 5531 section 8.2, and GF_MAX_AUTH_BYTES of GlusterFS
    /// (rpc/rpc-lib/src/xdr-common.h).
    /// </summary>
    public const int MaxAuthBody = 400;

    /// <summary>Longest volfile key that is decoded at all. What is a legal key is for the volfile service to say.</summary>
    public const int MaxVolfileKey = 8 * 1024;

    /// <summary>Longest encoded dict in a call.</summary>
    public const int MaxDict = 64 * 1024;

    /// <summary>Most pairs in a dict.</summary>
    public const int MaxDictPairs = 256;

    /// <summary>Longest volfile served or fetched.</summary>
    public const int MaxVolfile = 8 * 1024 * 1024;

    /// <summary>
    /// Bytes received from a connection before the others have their turn. Nothing is received from one that is busy with earlier
    /// ones: what a connection makes us hold unanswered is a part of one record, and this much.
    /// </summary>
    public const int ReadBuffer = 16 * 1024;

    /// <summary>
    /// Bytes of replies to calls that came together which are put into one send. One whole reply may be on top.
    /// </summary>
    public const int MaxBatch = 64 * 1024;

    /// <summary>
    /// Bytes of a shared reply that are copied for a connection at a time. What a peer that does not read can make us hold is one
    /// such piece, however long the volfile.
    /// </summary>
    public const int MaxPiece = 16 * 1024;

    /// <summary>Volfiles that a connection is remembered to hold, for change notifications. Stock clients fetch one.</summary>
    public const int MaxKeysPerConnection = 16;

    /// <summary>Bytes from the start of a connection that tell what its first call is: a record mark and six words.</summary>
    public const int CallPrefix = 28;
}
