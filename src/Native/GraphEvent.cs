namespace KadaluFsd.Native;

/// <summary>What kind of thing the graph tells (KFSD_EVENT_* of kfsd.h).</summary>
public enum GraphEventKind
{
    /// <summary>The graph can serve; or a client's storage unit is connected.</summary>
    ChildUp = 1,

    /// <summary>
    /// The graph can no longer serve, for example because posix's health check failed; or a client's storage unit is gone.
    /// </summary>
    ChildDown = 2,

    /// <summary>An adopted socket could not be given to the listener.</summary>
    AcceptFailed = 3,

    /// <summary>Events were dropped before this one; the text is how many.</summary>
    Lost = 4,

    /// <summary>A client inside of TLS asks for a volfile: <see cref="GlusterContext.TryTakeRelay"/>.</summary>
    Relay = 5,
}

/// <summary>Something the graph tells on its own.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its words: a volume's name, or a reason.</param>
public readonly record struct GraphEvent(GraphEventKind Kind, string Text);
