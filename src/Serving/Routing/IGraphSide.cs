namespace KadaluFsd.Serving.Routing;

/// <summary>Result of passing a connection to the graph.</summary>
public enum Handover
{
    /// <summary>The graph owns the connection now.</summary>
    Taken,

    /// <summary>The graph cannot take it at present; the caller still owns it.</summary>
    NotNow,

    /// <summary>The graph rejects it; the caller still owns it.</summary>
    Refused,
}

/// <summary>The graph as the router sees it. Called on the event loop's thread: does not block.</summary>
public interface IGraphSide
{
    /// <summary>Passes a connection to the graph.</summary>
    /// <param name="fd">A connected, non-blocking socket that nothing has been read from.</param>
    /// <param name="isNode">Whether the peer is a node of the pool, for which the limit of all connections does not
    /// count.</param>
    /// <param name="reason">Why it was not taken; else empty.</param>
    Handover Serve(int fd, bool isNode, out string reason);

    /// <summary>Closes connections whose client was not authenticated in time.</summary>
    /// <returns>How many other connections have a client that is not authenticated yet.</returns>
    int CloseLateHandshakes();
}
