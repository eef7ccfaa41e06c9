namespace KadaluFsd.Native;

/// <summary>Memory of one kind that a translator has allocated and not freed.</summary>
/// <param name="Translator">The translator; <c>glusterfs</c> for libglusterfs itself.</param>
/// <param name="Kind">The kind, such as <c>gf_common_mt_inode_t</c>.</param>
/// <param name="Allocations">The number of allocations.</param>
public sealed record MemoryKind(string Translator, string Kind, long Allocations);

/// <summary>An option that a translator knows.</summary>
/// <param name="Translator">The translator's name in its graph; empty for one that is in none.</param>
/// <param name="Keys">Its names, the usual one first.</param>
/// <param name="Type">What kind of value it takes, such as <c>BOOL</c> (GF_OPTION_TYPE_* of glusterfs/options.h).</param>
/// <param name="DefaultValue">Its default; null for none.</param>
/// <param name="Range">Minimum and maximum; null for any value.</param>
/// <param name="Description">Its description; null for none.</param>
/// <param name="IsSettable">Whether administrators are meant to set it.</param>
/// <param name="Values">The allowed values; empty for any value of its type.</param>
/// <param name="HasMinimum">Whether a value below the range is wrong.</param>
/// <param name="HasMaximum">Whether a value above the range is wrong.</param>
/// <param name="IsLive">Whether its translator can take options while it runs.</param>
public sealed record TranslatorOption(
    string Translator, string[] Keys, string Type, string? DefaultValue, double[]? Range, string? Description, bool IsSettable,
    string[] Values, bool HasMinimum,
    bool HasMaximum, bool IsLive);

/// <summary>An authenticated client of the graph.</summary>
/// <param name="Id">GlusterFS's id: it has the client's host, process id and volume.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="Process">Its name for itself, such as <c>fuse</c>; empty when it has none.</param>
/// <param name="Version">The version of its GlusterFS.</param>
/// <param name="Volfile">The key of the volfile that it runs; empty when it does not say.</param>
/// <param name="Subdirectory">The subdirectory that it has mounted; empty for the whole pool.</param>
/// <param name="OpVersion">Its operating version (op-version).</param>
/// <param name="ConnectedAt">When it connected, UTC.</param>
/// <param name="BytesReceived">Bytes received on this connection.</param>
/// <param name="BytesSent">Bytes sent on this connection.</param>
public sealed record GraphClient(
    string Id, string Address, string Process, string Version, string Volfile, string Subdirectory, long OpVersion,
    DateTime ConnectedAt, long BytesReceived,
    long BytesSent);
