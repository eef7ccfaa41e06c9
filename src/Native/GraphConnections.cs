namespace KadaluFsd.Native;

/// <summary>How many connections the graph's server may have. Those on unix sockets are not counted.</summary>
/// <param name="Total">In all, nodes of the pool excepted.</param>
/// <param name="PerAddress">Of one address.</param>
/// <param name="Handshakes">Whose client has not been let in (SETVOLUME); when there is one more, the oldest of them is
/// closed.</param>
public readonly record struct GraphConnectionLimits(int Total, int PerAddress, int Handshakes);

/// <summary>The connections that the graph's server has and had.</summary>
/// <param name="Open">Now, those on unix sockets included.</param>
/// <param name="Handshakes">Of these, whose client has not been let in.</param>
/// <param name="RefusedTotal">Were not taken because there were too many.</param>
/// <param name="RefusedPerAddress">Because there were too many of their address.</param>
/// <param name="ClosedLate">Were closed because their client had not been let in in time.</param>
/// <param name="ClosedForOthers">Because too many had a client that had not been let in.</param>
/// <param name="RefusedRecords">Because they sent too long a record before their client was let in.</param>
public sealed record GraphConnectionCounts(
    long Open, long Handshakes, long RefusedTotal, long RefusedPerAddress, long ClosedLate, long ClosedForOthers,
    long RefusedRecords);
