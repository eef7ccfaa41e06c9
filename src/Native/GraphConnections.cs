namespace KadaluFsd.Native;

/// <summary>Limits of the graph's connections. Those on unix sockets are not counted.</summary>
/// <param name="Total">All connections, those of the pool's nodes excepted.</param>
/// <param name="PerAddress">Connections of one address.</param>
/// <param name="Handshakes">Connections whose client is not authenticated (SETVOLUME); beyond that the oldest of them is
/// closed.</param>
public readonly record struct GraphConnectionLimits(int Total, int PerAddress, int Handshakes);

/// <summary>Counts of the graph's connections.</summary>
/// <param name="Open">Open connections, those on unix sockets included.</param>
/// <param name="Handshakes">Open connections whose client is not authenticated.</param>
/// <param name="RefusedTotal">Rejected because there were too many.</param>
/// <param name="RefusedPerAddress">Rejected because there were too many of their address.</param>
/// <param name="ClosedLate">Closed because their client was not authenticated in time.</param>
/// <param name="ClosedForOthers">Closed because too many had a client that was not authenticated.</param>
/// <param name="RefusedRecords">Closed because they sent too long a record before their client was authenticated.</param>
public sealed record GraphConnectionCounts(
    long Open, long Handshakes, long RefusedTotal, long RefusedPerAddress, long ClosedLate, long ClosedForOthers,
    long RefusedRecords);
