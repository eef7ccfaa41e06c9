namespace KadaluFsd.Serving.Routing;

/// <summary>What came of giving a connection to the graph.</summary>
public enum Handover
{
    /// <summary>The graph has it.</summary>
    Taken,

    /// <summary>The graph cannot take it right now; it is still the caller's.</summary>
    NotNow,

    /// <summary>The graph does not take it; it is still the caller's.</summary>
    Refused,
}

/// <summary>The graph's side of a port. Called on the event loop's thread: does not block.</summary>
public interface IGraphSide
{
    /// <summary>Gives a connection to the graph.</summary>
    /// <param name="fd">A connected, non-blocking socket that nothing has been read from.</param>
    /// <param name="isNode">Whether the peer is a node of the pool, for which the limit of all connections does not
    /// count.</param>
    /// <param name="reason">Why it was not taken; else empty.</param>
    Handover Serve(int fd, bool isNode, out string reason);

    /// <summary>Closes connections whose client the graph has not let in in time.</summary>
    /// <returns>How many others have a client that was not let in.</returns>
    int CloseLateHandshakes();
}
