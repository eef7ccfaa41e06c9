namespace KadaluFsd.Fsd.Routing;

/// <summary>Where the router takes connections to. Called on the router's thread: must not block.</summary>
internal interface IRouteTargets
{
    /// <summary>Serves a connection here.</summary>
    /// <param name="fd">A connected, non-blocking socket that nothing has been read from; the callee's from here on.</param>
    void ServeManaged(int fd);

    /// <summary>Gives a connection to the graph.</summary>
    /// <param name="fd">As above; when this throws it is still the caller's.</param>
    /// <exception cref="Native.GraphException">The graph does not take it.</exception>
    void ServeNative(int fd);

    /// <summary>The graph has something to say.</summary>
    void DrainGraphEvents();

    /// <summary>Closes connections whose client the graph has not let in within <see cref="Options.DaemonOptions.HandshakeTimeout"/>.</summary>
    /// <returns>How many others have a client that was not let in.</returns>
    int CloseLateHandshakes();

    /// <summary>Whether a peer is a node of a pool that is served here.</summary>
    /// <param name="fd">A connection.</param>
    /// <returns>Whether it is; false where the connection is gone.</returns>
    bool IsNode(int fd);
}
