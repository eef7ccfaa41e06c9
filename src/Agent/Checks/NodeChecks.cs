using KadaluFsd.Agent.Disks;
using KadaluFsd.Agent.Nodes;
using KadaluFsd.Agent.Questions;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks this node, for the manager.</summary>
/// <param name="member">What it shows to others.</param>
/// <param name="reports">Renews that.</param>
/// <param name="store">The pools of this node.</param>
/// <param name="services">Their processes.</param>
/// <param name="questions">Has GlusterFS loaded.</param>
/// <param name="reader">Reads directories.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeChecks(
    ClusterMember member, ManagerReports reports, PoolStore store, NodeServices services, QuestionDesk questions,
    DirectoryReader reader, TimeProvider time)
{
    // Less than the manager waits.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly DiskChecks _disks = new(reader);

    /// <summary>Does all checks, at the same time.</summary>
    /// <exception cref="CommandException">The pools cannot be read, or the node is in no cluster.</exception>
    internal async Task<NodeCheckup> CheckAsync(CancellationToken cancellation)
    {
        ClusterLink link = member.Link;
        ThisNode node = ThisNode.Of(store.Paths.Node);
        StoredPool[] known = [.. store.LoadAll().Where(pool => pool.State is PoolState.Started or PoolState.Stopped)];
        (Pool Pool, PoolUnit Unit)[] all = UnitsOf(known, node);
        (Pool Pool, PoolUnit Unit)[] started = UnitsOf(known.Where(pool => pool.State == PoolState.Started), node);
        var running = new Lazy<Task<RunningPools>>(
            () => RunningPools.ReadAsync([.. started.Select(unit => unit.Pool).DistinctBy(pool => pool.Id)], node, services));
        string? glusterFs = null;
        async Task<IEnumerable<NodeFinding>> CheckVersionsAsync()
        {
            string? problem = null;
            try
            {
                glusterFs = await VersionCheck.FindGlusterFsAsync(questions, cancellation);
            }
            catch (CommandException exception)
            {
                problem = exception.Message;
            }

            return VersionCheck.Check(glusterFs, problem, await running.Value);
        }

        IEnumerable<NodeFinding>[] found = await Task.WhenAll(
            GuardAsync(CheckNames.Certificate, () => Task.FromResult<IEnumerable<NodeFinding>>(
                [
                    CertificateCheck.Check(link, time.GetUtcNow(), reports.RenewalProblem),
                    .. CertificateCheck.CheckKey(store.Paths.Node.Membership),
                ])),
            GuardAsync(CheckNames.Names, async () => await NameCheck.CheckAsync(
                link, NodePlaces.Read(store.Paths.Node.ClusterNodes).All, cancellation)),
            GuardAsync(CheckNames.Ports, async () => UnitChecks.CheckPorts(
                (await running.Value).Units, NodePorts.Read().Listening)),
            GuardAsync(CheckNames.Units, async () => UnitChecks.CheckProcesses(await running.Value)),
            GuardAsync(CheckNames.Mounts, async () => await _disks.CheckAsync(
                all, [.. store.Paths.Own, store.Paths.Node.ManagerDirectory], cancellation)),
            GuardAsync(CheckNames.Versions, CheckVersionsAsync),
            GuardAsync(CheckNames.Services, () => Task.FromResult(
                ManagerCheck.Check(link.Membership, UsualPlaces.ManagerSocket, store.Paths.Node.ManagerDirectory))),
            GuardAsync(CheckNames.Services, () => new ServiceCheck("/").CheckNodeAsync(store.Paths, started)));
        return new NodeCheckup(
            time.GetUtcNow(), ProgramVersion.Text, glusterFs,
            [.. found.SelectMany(each => each), .. store.FindUnusable().Select(Describe)]);
    }

    /// <summary>Finds out where a name or an address leads from this node.</summary>
    /// <exception cref="CommandException">The node is in no cluster.</exception>
    internal Task<ReachAnswer> FindAsync(ReachQuestion question, CancellationToken cancellation)
    {
        Membership own = member.Link.Membership;
        return NameCheck.FindAsync(
            question.Node is not null ? member.Link
                : new ClusterLink(own with { Manager = own.Manager with { Host = question.Host } }, time),
            question, cancellation);
    }

    private static (Pool Pool, PoolUnit Unit)[] UnitsOf(IEnumerable<StoredPool> pools, ThisNode node) =>
        [.. pools.SelectMany(stored => node.UnitsOf(stored.Pool), (stored, member) => (stored.Pool, member.Unit))];

    private static NodeFinding Describe(UnusableDefinition unusable) => NodeFinding.Wrong(
        CheckNames.Definitions, unusable.Problem,
        "docs/operations/recovering.md, at \"a definition is lost or unreadable\"");

    // One check that cannot be done leaves the others.
    private async Task<IEnumerable<NodeFinding>> GuardAsync(string check, Func<Task<IEnumerable<NodeFinding>>> run)
    {
        try
        {
            return [.. await Task.Run(run).WaitAsync(s_limit, time)];
        }
        catch (TimeoutException)
        {
            return [NotChecked(check, $"no answer within {s_limit.TotalSeconds:0} s")];
        }
        catch (Exception exception) when (exception is CommandException || SystemRefusal.Is(exception))
        {
            return [NotChecked(check, exception.Message)];
        }
    }

    private static NodeFinding NotChecked(string check, string reason) => NodeFinding.Wrong(
        check, $"it could not be checked: {reason}", "the agent's log says more (journalctl -u kadalu-fsd-agent)");
}
