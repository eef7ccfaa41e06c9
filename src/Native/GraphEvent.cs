namespace KadaluFsd.Native;

/// <summary>Kinds of events of the graph (KFSD_EVENT_* of kfsd.h).</summary>
public enum GraphEventKind
{
    /// <summary>The graph can serve; or a client's storage unit is connected.</summary>
    ChildUp = 1,

    /// <summary>
    /// The graph can no longer serve, for example because posix's health check failed; or a client's storage unit is gone.
    /// </summary>
    ChildDown = 2,

    /// <summary>An adopted socket could not be passed to the server.</summary>
    AcceptFailed = 3,

    /// <summary>Events were dropped before this one; the text is their number.</summary>
    Lost = 4,

    /// <summary>A client inside of TLS asks for a volfile: <see cref="GlusterContext.TryTakeRelay"/>.</summary>
    Relay = 5,
}

/// <summary>An event of the graph.</summary>
/// <param name="Text">A volume's name, or a reason.</param>
public readonly record struct GraphEvent(GraphEventKind Kind, string Text);
