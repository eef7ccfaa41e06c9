using System.Collections.Concurrent;
using KadaluFsd.Cluster.Nodes;

namespace KadaluFsd.Manager.Nodes;

/// <summary>When nodes were last heard of, and what they said; forgotten when the manager ends. From any thread.</summary>
/// <param name="time">The clock.</param>
public sealed class NodePresence(TimeProvider time)
{
    /// <summary>How often nodes report.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Three reports are missing.
    private static readonly TimeSpan s_lostAfter = 3 * Interval;
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);

    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<Guid, SeenNode> _seen = new();
    private readonly ConcurrentDictionary<Guid, AgentTwins> _twins = new();

    /// <summary>Notes a report.</summary>
    /// <param name="node">The node.</param>
    /// <param name="report">What it says.</param>
    /// <param name="from">The address that it comes from; null where that is not known.</param>
    public void Note(Guid node, NodeReport report, string? from = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        DateTimeOffset now = time.GetUtcNow();
        _twins.GetOrAdd(node, _ => new AgentTwins(time)).Note(report.Session, from);
        _seen[node] = new SeenNode(now, report.Time - now, report, time.GetTimestamp());
    }

    /// <summary>Whether two agents report as one node by turns.</summary>
    /// <returns>The addresses that they report from; null where there is one agent.</returns>
    public string[]? FindTwins(Guid node) => _twins.GetValueOrDefault(node)?.Find();

    /// <summary>Forgets a node.</summary>
    public void Forget(Guid node)
    {
        _seen.TryRemove(node, out _);
        _twins.TryRemove(node, out _);
    }

    /// <summary>What a node has said last.</summary>
    /// <returns>Null where nothing was heard of it yet.</returns>
    public SeenNode? Find(Guid node) => _seen.GetValueOrDefault(node);

    /// <summary>What a node has said last. One that was not heard of yet, since the manager has only just started, is waited for.</summary>
    /// <returns>Null where it does not report in time.</returns>
    public async Task<SeenNode?> HearAsync(Guid node, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        while (Find(node) is null && time.GetElapsedTime(start) < s_lostAfter)
        {
            await Task.Delay(s_lookEvery, time, cancellation);
        }

        return Find(node);
    }

    /// <summary>How a node is, for people.</summary>
    /// <returns><c>up</c>, <c>lost</c>, or <c>unknown</c> where the manager has only just started, and the node may report still.</returns>
    public string Describe(Guid node) => IsUp(node) ? "up"
        : Find(node) is null && time.GetElapsedTime(_start) < s_lostAfter ? "unknown" : "lost";

    /// <summary>Whether a node was heard of lately.</summary>
    public bool IsUp(Guid node) => Find(node) is { } seen && time.GetElapsedTime(seen.Stamp) < s_lostAfter;
}

/// <summary>What a node has said last.</summary>
/// <param name="At">When.</param>
/// <param name="ClockOffset">How far its clock was ahead of the manager's.</param>
/// <param name="Report">What it said.</param>
/// <param name="Stamp">When, by a clock that nobody puts forward or back.</param>
public sealed record SeenNode(DateTimeOffset At, TimeSpan ClockOffset, NodeReport Report, long Stamp);
