using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;

namespace KadaluFsd.Manager.Tasks;

/// <summary>What one node has missed, and when it was told. From any thread: several of its reports may be looked at at the same time.</summary>
internal sealed class Lateness
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly AgentSessions _sessions = new();
    private Dictionary<string, (TimeSpan Pause, DateTimeOffset Next)> _told = [];

    /// <summary>Finds what the node is to be told now.</summary>
    /// <param name="session">Of its agent's process: another one after each start.</param>
    /// <param name="behind">The pools of which it has missed something.</param>
    /// <param name="now">The time.</param>
    internal KnownPool[] FindDue(Guid session, KnownPool[] behind, DateTimeOffset now)
    {
        lock (_lock)
        {
            Dictionary<string, (TimeSpan Pause, DateTimeOffset Next)> before =
                _sessions.Note(session) == SessionChange.New ? [] : _told;
            _told = before.Where(told => behind.Any(known => NameOf(known) == told.Key))
                .ToDictionary(told => told.Key, told => told.Value);
            KnownPool[] due =
            [
                .. behind.Where(known => known.Record.Task is null &&
                    (!_told.TryGetValue(NameOf(known), out (TimeSpan Pause, DateTimeOffset Next) told) || told.Next <= now)),
            ];
            foreach (string name in due.Select(NameOf))
            {
                TimeSpan pause = !_told.TryGetValue(name, out (TimeSpan Pause, DateTimeOffset Next) last) ? s_shortestPause
                    : 2 * last.Pause < s_longestPause ? 2 * last.Pause : s_longestPause;
                _told[name] = (pause, now + pause);
            }

            return due;
        }
    }

    // Not by its revision in the store, which telling a node changes too.
    private static string NameOf(KnownPool known) =>
        $"{known.Record.Id} {known.Pool.Revision} {known.Record.Phase} {string.Join(' ', known.Record.Left)}";
}
