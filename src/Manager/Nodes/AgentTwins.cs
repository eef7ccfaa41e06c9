namespace KadaluFsd.Manager.Nodes;

/// <summary>Sees whether two agents report as one node, as they do when a machine was copied with its state. From any thread.</summary>
/// <param name="time">The clock.</param>
internal sealed class AgentTwins(TimeProvider time)
{
    // A report that an agent sent before it was started again may be late, once.
    private const int Enough = 3;

    private static readonly TimeSpan s_rememberFor = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly AgentSessions _sessions = new();
    private int _returns;
    private long _lastReturn;

    /// <summary>Notes whose report it is.</summary>
    /// <param name="session">Of its agent's process.</param>
    /// <param name="from">The address that it comes from; null where that is not known.</param>
    internal void Note(Guid session, string? from)
    {
        lock (_lock)
        {
            if (_sessions.Note(session, from) == SessionChange.Back)
            {
                _returns = IsLongAgo ? 1 : _returns + 1;
                _lastReturn = time.GetTimestamp();
            }
        }
    }

    /// <summary>Finds them.</summary>
    /// <returns>The addresses that they report from; null where there is one agent.</returns>
    internal string[]? Find()
    {
        lock (_lock)
        {
            return _returns >= Enough && !IsLongAgo ? _sessions.FindLastTwo() : null;
        }
    }

    private bool IsLongAgo => time.GetElapsedTime(_lastReturn) > s_rememberFor;
}
