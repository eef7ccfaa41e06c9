namespace KadaluFsd.Contract;

/// <summary>A client of the graph.</summary>
/// <param name="Id">GlusterFS's id: it has the client's host, process id and volume.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="Process">What it calls itself, such as <c>fuse</c>.</param>
/// <param name="Version">Of its GlusterFS.</param>
/// <param name="OpVersion">The newest protocol it speaks.</param>
/// <param name="Subdirectory">What it has mounted; empty for all.</param>
/// <param name="ConnectedAt">Since when, UTC.</param>
/// <param name="BytesReceived">From it, on this connection.</param>
/// <param name="BytesSent">To it.</param>
/// <param name="VolfileKey">The volfile it runs; empty when it does not say.</param>
/// <param name="Volfile">The text of that it holds; null where it fetched it elsewhere, or cannot be told from others.</param>
public sealed record DataClient(
    string Id, string Address, string Process, string Version, long OpVersion, string Subdirectory, DateTime ConnectedAt,
    long BytesReceived, long BytesSent,
    string VolfileKey, HeldByClient? Volfile);

/// <summary>A connection on which volfiles were fetched.</summary>
/// <param name="Address">The client's address and port.</param>
/// <param name="ConnectedAt">Since when, UTC.</param>
/// <param name="Volfiles">What it holds.</param>
public sealed record VolfileClient(string Address, DateTime ConnectedAt, HeldByClient[] Volfiles);

/// <summary>A volfile in a client's hands.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Sha256">What was sent to the client last.</param>
/// <param name="IsCurrent">Whether that is what is served now.</param>
public sealed record HeldByClient(string Key, string Sha256, bool IsCurrent);
