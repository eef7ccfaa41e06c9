using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Nodes;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.State;
using KadaluFsd.Volgen;

namespace KadaluFsd.Manager.Doctor;

/// <summary>Has all nodes check themselves, and adds what only the manager can compare.</summary>
internal sealed class ClusterDoctor(
    IStateStore store, ClusterIdentity cluster, NodeRegistry nodes, NodePresence presence, NodeClients clients,
    PoolRegistry pools, PoolViews views, PoolTakeOver takeOver, OlderState older, TimeProvider time)
{
    /// <summary>Checks the cluster.</summary>
    /// <exception cref="CommandException">There is no cluster, or the state cannot be read.</exception>
    internal async Task<DoctorReport> ExamineAsync(CancellationToken cancellation)
    {
        NodeDocument[] all = await nodes.ListAsync(cancellation);
        KnownPool[] there = await pools.ListAsync(cancellation);
        ExaminedNode[] answers = await Task.WhenAll(all.Select(node => AskAsync(node, there, cancellation)));
        PoolSummary[] known = [.. there.Select(views.Summarize)];
        HashSet<StoppedProcess> drained =
        [
            .. there.SelectMany(
                pool => pool.Pool.Units.Select(member => member.Unit)
                    .Where(unit => Guid.TryParse(unit.Node.Id, out Guid node) && pool.Record.IsDrained(node)),
                (pool, unit) => new StoppedProcess(pool.Record.Id, unit.Address)),
        ];
        return DoctorReport.Of(
        [
            .. Join(null, await CheckStateAsync(all.Length, known, cancellation)),
            .. answers.SelectMany(node => Join(node.Name, NodeComparison.Check(node, answers, known, drained))),
        ]);
    }

    // Where a check has found something, that it is well otherwise is not said as well.
    private static IEnumerable<DoctorLine> Join(string? node, IEnumerable<NodeFinding> findings) =>
        findings.GroupBy(finding => finding.Check).SelectMany(
                check => check.Any(finding => finding.Verdict != FindingVerdict.Well)
                    ? check.Where(finding => finding.Verdict != FindingVerdict.Well) : check.Take(1))
            .Select(finding => new DoctorLine(node, finding.Check, finding.Verdict, finding.Said, finding.ToDo));

    private async Task<ExaminedNode> AskAsync(NodeDocument node, KnownPool[] known, CancellationToken cancellation)
    {
        DateTimeOffset asked = time.GetUtcNow();
        TimeSpan? silence = presence.IsUp(node.Id) ? null
            : presence.Find(node.Id) is { } seen ? asked - seen.At : TimeSpan.MaxValue;
        var examined = new ExaminedNode(node.Name, GlusterAddress.WithPort(node.Host, node.Port), silence)
        {
            Twins = presence.FindTwins(node.Id),
            OtherNames = known.Where(pool => pool.FindNode(node.Id) is { } other && other.Name != node.Name)
                .ToDictionary(pool => pool.Record.Id, pool => pool.FindNode(node.Id)!.Name),
            Drained = known.Where(pool => pool.Record.IsDrained(node.Id))
                .ToDictionary(pool => pool.Record.Id, pool => pool.Record.Name),
        };
        try
        {
            NodeCheckup checkup = await clients.AskCheckupAsync(node, cancellation);
            return examined with
            {
                Checkup = checkup,
                ClockOffset = NodeComparison.OffsetOf(checkup.At, asked, time.GetUtcNow()),
            };
        }
        catch (CommandException exception)
        {
            return examined with { Problem = exception.Message, IsRefused = exception.Code == ExitCode.PeerRefused };
        }
    }

    private async Task<IEnumerable<NodeFinding>> CheckStateAsync(
        int count, PoolSummary[] known, CancellationToken cancellation) =>
    [
        .. await CheckStoreAsync(cancellation),
        .. (await older.DescribeAsync(cancellation)).Concat(known.Select(pool => pool.Problem).OfType<string>()).Select(
            problem => NodeFinding.Wrong(
                CheckNames.Cluster, problem, "docs/operations/clusters.md, at \"Backup, restore, and a manager that is lost\"")),
        .. takeOver.Strangers.Select(pool => NodeFinding.Warning(
            CheckNames.Cluster, $"the pool {pool.Name} is not the cluster's: {pool.Problem}",
            $"let the other nodes of the pool join, or kadalu pool adopt {pool.Name} --from NODE")),
        NodeFinding.Well(
            CheckNames.Cluster,
            $"nodes: {count}, pools: {known.Length}, the manager {ProgramVersion.Text} on {cluster.Host}"),
    ];

    private async Task<NodeFinding[]> CheckStoreAsync(CancellationToken cancellation)
    {
        try
        {
            await store.CheckAsync(cancellation);
            return [];
        }
        catch (CommandException exception)
        {
            return [NodeFinding.Wrong(CheckNames.Cluster, exception.Message, "as it says, before the manager ends")];
        }
    }
}
