using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;

namespace KadaluFsd.Manager.Doctor;

/// <summary>A node that was asked how it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where its agent is, <c>HOST:PORT</c>.</param>
/// <param name="Silence">How long it has not reported; null where it does.</param>
internal sealed record ExaminedNode(string Name, string Address, TimeSpan? Silence)
{
    /// <summary>What it says; null where it does not answer.</summary>
    internal NodeCheckup? Checkup { get; init; }

    /// <summary>Why it does not answer.</summary>
    internal string? Problem { get; init; }

    /// <summary>Whether there is somebody who refuses the manager, or whom the manager refuses.</summary>
    internal bool IsRefused { get; init; }

    /// <summary>The addresses of two agents that report as this node by turns; null where there is one.</summary>
    internal IReadOnlyList<string>? Twins { get; init; }

    /// <summary>What pools, by id, call it that have not been told its name yet.</summary>
    internal IReadOnlyDictionary<Guid, string> OtherNames { get; init; } = new Dictionary<Guid, string>();

    /// <summary>Names, by id, of the pools whose units on it were stopped by a drain.</summary>
    internal IReadOnlyDictionary<Guid, string> Drained { get; init; } = new Dictionary<Guid, string>();

    /// <summary>How far its clock is ahead of the manager's at least, or behind it.</summary>
    internal TimeSpan ClockOffset { get; init; }
}

/// <summary>Compares a node with the manager, the other nodes, and with what its pools are to be.</summary>
internal static class NodeComparison
{
    // Of a day it is nothing; of what a client sees in files of two units, and of certificates, it is much.
    private static readonly TimeSpan s_offset = TimeSpan.FromSeconds(2);

    // Nobody tells such a pool anything any more.
    private const string Deleting = "deleting";

    /// <summary>How far a clock is ahead of another one, or behind it, for sure: it was read at some time between a question and its answer.</summary>
    /// <param name="said">What it said.</param>
    /// <param name="asked">When it was asked, by the other one.</param>
    /// <param name="answered">When the answer was there, by the other one.</param>
    internal static TimeSpan OffsetOf(DateTimeOffset said, DateTimeOffset asked, DateTimeOffset answered) =>
        said < asked ? said - asked : said > answered ? said - answered : TimeSpan.Zero;

    /// <summary>Puts together what is known of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="all">All nodes.</param>
    /// <param name="pools">All pools.</param>
    /// <param name="drained">All units that were stopped by a drain of their nodes, with the ids of their pools.</param>
    internal static IEnumerable<NodeFinding> Check(
        ExaminedNode node, IReadOnlyCollection<ExaminedNode> all, IReadOnlyCollection<PoolSummary> pools,
        IReadOnlySet<StoppedProcess> drained) =>
    [
        CheckAgent(node),
        .. node.Checkup is { } checkup
            ? [
                CheckClock(node), .. CheckVersions(checkup, all),
                .. checkup.Findings.Where(
                    finding => finding.Stopped is not { } stopped || !IsToBeSo(node, stopped, drained, pools)),
            ] : Array.Empty<NodeFinding>(),
        .. CheckDrain(node),
        .. CheckDefinitions(node, pools),
    ];

    private static bool IsToBeSo(
        ExaminedNode node, StoppedProcess stopped, IReadOnlySet<StoppedProcess> drained,
        IReadOnlyCollection<PoolSummary> pools) =>
        (stopped.Unit is null ? node.Drained.ContainsKey(stopped.Pool) : drained.Contains(stopped)) ||
        pools.Any(pool => pool.Id == stopped.Pool && pool.State == Deleting);

    private static IEnumerable<NodeFinding> CheckDrain(ExaminedNode node) => node.Drained.Count == 0 ? [] :
    [
        NodeFinding.Warning(
            CheckNames.Units,
            $"it is drained: its units of {string.Join(", ", node.Drained.Values.Order(StringComparer.Ordinal))} were stopped",
            $"kadalu node resume {node.Name} starts them"),
    ];

    private static NodeFinding CheckAgent(ExaminedNode node) => node switch
    {
        { Twins: { } twins } => NodeFinding.Wrong(
            CheckNames.Agent,
            $"two agents report as this node{(twins.Count > 0 ? $", from {string.Join(" and ", twins)}" : "")}: what one is " +
            "told the other one does not have",
            "was the machine copied? kadalu node join --again TOKEN on the one that is right (kadalu node token prints the " +
            "token): from then on the other one is refused"),
        { Problem: { } problem, IsRefused: true } => NodeFinding.Wrong(
            CheckNames.Agent, $"it does not work with this manager: {problem}",
            "is the clock of one of the two wrong (chronyc tracking, on both)? Is it in another cluster by now, or copied: " +
            "kadalu node join --again TOKEN there. " +
            $"Gone for good: kadalu node remove {node.Name}, once no pool has units on it"),
        { Problem: { } problem } => NodeFinding.Wrong(
            CheckNames.Agent, $"it does not answer: {problem}",
            "is it up, does its agent run (systemctl status kadalu-fsd-agent), and is the agent's port open to the manager? " +
            $"Gone for good: kadalu node remove {node.Name}, once no pool has units on it"),
        { Silence: { } silence } => NodeFinding.Wrong(
            CheckNames.Agent,
            $"it answers at {node.Address}, and does not report" +
            (silence == TimeSpan.MaxValue ? "" : string.Create(CultureInfo.InvariantCulture, $" for {silence.TotalSeconds:0} s")),
            "does it reach the manager's port? Its agent's log says why not (journalctl -u kadalu-fsd-agent)"),
        _ => NodeFinding.Well(CheckNames.Agent, $"it answers at {node.Address}, and reports"),
    };

    private static NodeFinding CheckClock(ExaminedNode node)
    {
        double seconds = node.ClockOffset.TotalSeconds;
        return node.ClockOffset.Duration() < s_offset
            ? NodeFinding.Well(CheckNames.Clock, "it is the manager's")
            : NodeFinding.Wrong(
                CheckNames.Clock,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"it is {Math.Abs(seconds):0.#} s {(seconds > 0 ? "ahead of" : "behind")} the manager's"),
                "set the clocks of all nodes by NTP, for example with chrony");
    }

    // Most are right: what they have is what all are to have.
    private static IEnumerable<NodeFinding> CheckVersions(NodeCheckup checkup, IReadOnlyCollection<ExaminedNode> all)
    {
        if (checkup.Version != ProgramVersion.Text)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Versions, $"it has version {checkup.Version}, and the manager {ProgramVersion.Text}",
                "install the same version on all nodes (docs/operations/upgrading.md)");
        }

        string? most = all.Select(node => node.Checkup?.GlusterFs).OfType<string>().GroupBy(version => version)
            .OrderByDescending(same => same.Count()).ThenByDescending(same => same.Key, StringComparer.Ordinal)
            .FirstOrDefault()?.Key;
        if (checkup.GlusterFs is { } own && own != most)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Versions, $"it has GlusterFS {own}, and most nodes have {most}",
                "install the same version on all nodes (docs/operations/upgrading.md)");
        }
    }

    private static IEnumerable<NodeFinding> CheckDefinitions(ExaminedNode node, IEnumerable<PoolSummary> pools)
    {
        string NameIn(PoolSummary pool) => node.OtherNames.GetValueOrDefault(pool.Id, node.Name);
        PoolSummary[] own = [.. pools.Where(pool => pool.Nodes.Contains(NameIn(pool)))];
        foreach (PoolSummary pool in own.Where(pool => NameIn(pool) != node.Name && pool.State != Deleting))
        {
            yield return NodeFinding.Warning(
                CheckNames.Definitions, $"{pool.Name} calls it {NameIn(pool)} still",
                $"kadalu node rename {node.Name} {node.Name}");
        }

        foreach (PoolSummary pool in own.Where(pool => pool.Behind.Contains(NameIn(pool))))
        {
            yield return NodeFinding.Wrong(
                CheckNames.Definitions, $"it has not been told everything of {pool.Name}",
                "it is told when its agent reports; kadalu task list shows that, and why it fails");
        }

        // What one that does not answer has said last may be long ago.
        if (node.Checkup is not null)
        {
            yield return NodeFinding.Well(
                CheckNames.Definitions,
                own.Length == 0 ? "no pool has units on it" : $"up to date: {string.Join(", ", own.Select(pool => pool.Name))}");
        }
    }
}
