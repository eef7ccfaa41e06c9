namespace KadaluFsd.Manager.Nodes;

/// <summary>
/// The sessions of one node's agent. Each start of it has another one, and none comes back: one that does is of a second agent, on a machine
/// that has a copy of the node's state. Not for several threads at once.
/// </summary>
internal sealed class AgentSessions
{
    // Latest last. An agent is not started more often while another one runs.
    private const int Most = 8;

    private readonly List<(Guid Session, string? From)> _known = [];

    /// <summary>Notes whose report it is.</summary>
    /// <param name="session">The session.</param>
    /// <param name="from">The address that it comes from; null where that is not known.</param>
    /// <returns>How it differs from the one before.</returns>
    internal SessionChange Note(Guid session, string? from = null)
    {
        int place = _known.FindIndex(known => known.Session == session);
        if (place >= 0 && place == _known.Count - 1)
        {
            return SessionChange.None;
        }

        if (place >= 0)
        {
            _known.RemoveAt(place);
        }

        _known.Add((session, from));
        if (_known.Count > Most)
        {
            _known.RemoveAt(0);
        }

        return place >= 0 ? SessionChange.Back : SessionChange.New;
    }

    /// <summary>The addresses of the latest two, one where they are the same.</summary>
    internal string[] FindLastTwo() => [.. _known.TakeLast(2).Select(known => known.From).OfType<string>().Distinct()];
}

/// <summary>How the session of a report differs from that of the report before.</summary>
internal enum SessionChange
{
    /// <summary>It is the same.</summary>
    None,

    /// <summary>It was not seen before.</summary>
    New,

    /// <summary>It was seen, and another one since.</summary>
    Back,
}
