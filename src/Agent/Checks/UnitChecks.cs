using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Checks;

/// <summary>Checks units and self-heal daemons of started pools on this node, and the ports of units.</summary>
internal static class UnitChecks
{
    private const string Ready = "ready";

    // States in which clients are served, and which pass.
    private static readonly string[] s_passing = ["starting", "draining"];

    /// <summary>Checks whether somebody listens where clients connect.</summary>
    /// <param name="units">The units.</param>
    /// <param name="listening">Ports that are listened on.</param>
    internal static IEnumerable<NodeFinding> CheckPorts(IReadOnlyCollection<RunningUnit> units, IReadOnlySet<int> listening)
    {
        (Pool Pool, int Port, string What, string? Unit)[] wanted =
        [
            .. units.Select(unit => (unit.Pool, unit.Unit.Port, unit.Unit.Path, unit.Unit.Address)),
            .. units.Select(unit => unit.Pool).Where(pool => pool.Port > 0).DistinctBy(pool => pool.Id)
                .Select(pool => (pool, pool.Port, "its volfiles", (string?)null)),
        ];
        foreach ((Pool pool, int port, string what, string? unit) in wanted.Where(one => !listening.Contains(one.Port)))
        {
            yield return NodeFinding.Wrong(
                CheckNames.Ports, $"nobody listens on port {port}, of {pool.Name} for {what}",
                $"kadalu pool start {pool.Name} starts what does not run",
                new StoppedProcess(pool.Id, unit));
        }

        yield return NodeFinding.Well(
            CheckNames.Ports,
            wanted.Length == 0 ? "no port is needed for units"
                : $"listened on: {string.Join(", ", wanted.Select(one => one.Port))}");
    }

    /// <summary>Checks whether processes run and are well.</summary>
    internal static IEnumerable<NodeFinding> CheckProcesses(RunningPools running) =>
    [
        .. running.Units.Select(Check).OfType<NodeFinding>(),
        .. running.Daemons.SelectMany(daemon => Check(daemon, running.Units)),
        NodeFinding.Well(
            CheckNames.Units,
            running.Units.Length == 0 ? "there is no unit of a started pool here"
                : $"ready: {string.Join(", ", running.Units.Select(unit => unit.Unit.Path))}"),
    ];

    private static NodeFinding? Check(RunningUnit unit)
    {
        string what = $"{unit.Unit.Path} of {unit.Pool.Name}";
        string start = $"kadalu pool start {unit.Pool.Name} starts it";
        return unit switch
        {
            { End: { } end } => NodeFinding.Wrong(
                CheckNames.Units, $"{what} does not run: {string.Join("; ", end)}", start,
                new StoppedProcess(unit.Pool.Id, unit.Unit.Address)),
            { Status: null } => NodeFinding.Wrong(
                CheckNames.Units, $"{what} does not answer: it is starting, or hangs",
                $"does its disk hang (dmesg)? kadalu unit restart {unit.Pool.Name} {unit.Unit.Address}"),
            { Status.State: Ready, Status.PendingHeals: var heals } => heals.Values.Sum() is > 0 and long waiting
                ? NodeFinding.Warning(
                    CheckNames.Units, $"{what} has noted {waiting} files that have to be healed",
                    $"kadalu heal status {unit.Pool.Name} says how far that is") : null,
            { Status: { } status } => new NodeFinding(
                CheckNames.Units, s_passing.Contains(status.State) ? FindingVerdict.Warning : FindingVerdict.Wrong,
                $"{what} is {status.State}: {string.Join("; ", status.Reasons)}",
                $"kadalu pool status {unit.Pool.Name} shows it as long as that is so"),
        };
    }

    private static IEnumerable<NodeFinding> Check(RunningDaemon daemon, RunningUnit[] units)
    {
        string what = $"the self-heal daemon of {daemon.Pool.Name}";
        if (daemon.End is { } end)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Units, $"{what} does not run: {string.Join("; ", end)}",
                $"kadalu pool start {daemon.Pool.Name} starts it",
                new StoppedProcess(daemon.Pool.Id, null));
            yield break;
        }

        if (daemon.Status is not { } status)
        {
            yield return NodeFinding.Wrong(
                CheckNames.Units, $"{what} does not answer: it is starting, or hangs",
                $"kadalu pool restart {daemon.Pool.Name} --rolling");
            yield break;
        }

        if (PoolHeal.FindSwitchedOff(daemon.Pool) is { } option)
        {
            yield return NodeFinding.Warning(
                CheckNames.Units, $"{what} is switched off ({option} {daemon.Pool.Options[option]})",
                $"kadalu pool reset {daemon.Pool.Name} {option}");
        }

        // Of a unit that does not run here its own line says so.
        HashSet<string> down = [.. units.Where(unit => unit.End is not null).Select(unit => unit.Unit.Address)];
        foreach (HealedUnitStatus unit in status.HealedUnits.Where(unit => !unit.IsConnected && !down.Contains(unit.Address)))
        {
            yield return NodeFinding.Wrong(
                CheckNames.Units, $"{what}: {unit.Problem}", "is that unit up, and is its port open between the nodes?",
                new StoppedProcess(daemon.Pool.Id, unit.Address));
        }
    }
}
