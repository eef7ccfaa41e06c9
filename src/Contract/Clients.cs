namespace KadaluFsd.Contract;

/// <summary>A client of the graph.</summary>
/// <param name="Id">GlusterFS's id: it has the client's host, process id and volume.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="Process">Its name for itself, such as <c>fuse</c>.</param>
/// <param name="Version">The version of its GlusterFS.</param>
/// <param name="OpVersion">Its operating version (op-version).</param>
/// <param name="Subdirectory">The subdirectory that it has mounted; empty for the whole pool.</param>
/// <param name="ConnectedAt">When it connected, UTC.</param>
/// <param name="BytesReceived">Bytes received on this connection.</param>
/// <param name="BytesSent">Bytes sent on this connection.</param>
/// <param name="VolfileKey">The key of the volfile that it runs; empty when it does not say.</param>
/// <param name="Volfile">The version of it that the client holds; null where it was fetched elsewhere, or cannot be told from
/// other clients' versions.</param>
public sealed record DataClient(
    string Id, string Address, string Process, string Version, long OpVersion, string Subdirectory, DateTime ConnectedAt,
    long BytesReceived, long BytesSent,
    string VolfileKey, HeldByClient? Volfile);

/// <summary>A connection on which volfiles were fetched.</summary>
/// <param name="Address">The client's address and port.</param>
/// <param name="ConnectedAt">When it connected, UTC.</param>
/// <param name="Volfiles">The volfiles that it holds.</param>
public sealed record VolfileClient(string Address, DateTime ConnectedAt, HeldByClient[] Volfiles);

/// <summary>A volfile that a client holds.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Sha256">SHA-256 of the text that was sent to the client last.</param>
/// <param name="IsCurrent">Whether that text is served now.</param>
public sealed record HeldByClient(string Key, string Sha256, bool IsCurrent);
