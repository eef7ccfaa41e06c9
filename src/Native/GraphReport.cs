namespace KadaluFsd.Native;

/// <summary>Memory of one kind that a translator has allocated and not freed.</summary>
/// <param name="Translator">The translator; <c>glusterfs</c> for libglusterfs itself.</param>
/// <param name="Kind">The kind, such as <c>gf_common_mt_inode_t</c>.</param>
/// <param name="Allocations">How many pieces.</param>
public sealed record MemoryKind(string Translator, string Kind, long Allocations);

/// <summary>An option that a translator knows.</summary>
/// <param name="Translator">The translator's name in its graph; empty for one that is in none.</param>
/// <param name="Keys">Its name, and others for the same.</param>
/// <param name="Type">What kind of value it takes, such as <c>BOOL</c> (GF_OPTION_TYPE_* of glusterfs/options.h).</param>
/// <param name="DefaultValue">What it is when it is not set; null for nothing.</param>
/// <param name="Range">The least and the greatest value; null for any.</param>
/// <param name="Description">What it is for; null where nobody wrote that down.</param>
/// <param name="IsSettable">Whether it is meant to be set by those who run the volume.</param>
/// <param name="Values">What it may be; empty for anything of its kind.</param>
/// <param name="HasMinimum">Whether a value below the range is wrong.</param>
/// <param name="HasMaximum">Whether a value above the range is wrong.</param>
/// <param name="IsLive">Whether its translator can take options while it runs.</param>
public sealed record TranslatorOption(
    string Translator, string[] Keys, string Type, string? DefaultValue, double[]? Range, string? Description, bool IsSettable,
    string[] Values, bool HasMinimum,
    bool HasMaximum, bool IsLive);

/// <summary>A client that is connected to the graph and was let in.</summary>
/// <param name="Id">GlusterFS's id: it has the client's host, process id and volume.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="Process">What it calls itself, such as <c>fuse</c>; empty when it does not say.</param>
/// <param name="Version">Of its GlusterFS.</param>
/// <param name="Volfile">The key of the volfile it runs; empty when it does not say.</param>
/// <param name="Subdirectory">What it has mounted; empty for all.</param>
/// <param name="OpVersion">The newest protocol it speaks.</param>
/// <param name="ConnectedAt">Since when, UTC.</param>
/// <param name="BytesReceived">From it, on this connection.</param>
/// <param name="BytesSent">To it.</param>
public sealed record GraphClient(
    string Id, string Address, string Process, string Version, string Volfile, string Subdirectory, long OpVersion,
    DateTime ConnectedAt, long BytesReceived,
    long BytesSent);
