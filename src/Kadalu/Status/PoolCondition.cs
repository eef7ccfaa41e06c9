using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Transport;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Status;

/// <summary>How a pool is, by what all of its nodes say of it.</summary>
/// <param name="Info">What the manager knows of it.</param>
/// <param name="Verdict"><c>well</c>, <c>stopped</c>, <c>degraded</c> or <c>no quorum</c>.</param>
/// <param name="Problems">What is not well, and where known what to do.</param>
/// <param name="SizeBytes">Its size; null where too few units answer.</param>
/// <param name="AvailableBytes">Its available space; null likewise.</param>
/// <param name="Units">Its units, each as its own node says.</param>
/// <param name="ToCompare">Directories that are to be compared on all units.</param>
/// <param name="Notes">What is good to know, and no problem now.</param>
internal sealed record PoolCondition(
    PoolInfo Info, string Verdict, string[] Problems, long? SizeBytes, long? AvailableBytes, PoolUnitStatus[] Units,
    int ToCompare, string[] Notes)
{
    /// <summary>The state of a unit that does not run.</summary>
    internal const string Down = "down";

    private const string Well = "well";
    private const string NoQuorum = "no quorum";

    /// <summary>The exit code of a command that shows it.</summary>
    internal ExitCode Code => Verdict switch
    {
        Well => ExitCode.Success,
        NoQuorum => ExitCode.NoQuorum,
        _ => ExitCode.Degraded,
    };

    /// <summary>Puts together what nodes say.</summary>
    /// <exception cref="CommandException">An answer is of another form.</exception>
    internal static PoolCondition Of(PoolStatusAnswer answer)
    {
        Pool pool = ReadPool(answer.Pool.Definition);
        (NodeStatus Node, PoolStatus? Status)[] nodes = [.. answer.Nodes.Select(Read)];
        answer = answer with { Nodes = [.. nodes.Select(node => node.Node)] };
        Dictionary<string, PoolStatus> said = nodes.Where(node => node.Status is not null)
            .ToDictionary(node => node.Node.Node, node => node.Status!);
        PoolUnitStatus[] units = [.. pool.Units.Select((member, index) => Explain(answer, Find(said, member, index)))];
        bool isStarted = answer.Pool.State == "started";
        string[] withoutQuorum = isStarted ? [.. PoolStatus.FindGroupProblems(pool, units)] : [];
        string[] others = [.. FindProblems(answer, said, units, isStarted)];
        (long Size, long Available)? space = PoolSpace.Of(
            pool,
            [.. units.Select(unit => unit.SizeBytes is { } size ? (size, unit.AvailableBytes!.Value) : ((long, long)?)null)]);
        string verdict = withoutQuorum.Length > 0 ? NoQuorum
            : others.Length > 0 ? "degraded" : isStarted ? Well : answer.Pool.State;
        return new PoolCondition(
            answer.Pool, verdict, [.. withoutQuorum, .. others], space?.Size, space?.Available, units,
            said.Values.Sum(status => status.ToCompare), [.. FindNotes(answer, said, units)]);
    }

    // A node that does not answer says nothing of its units: clients may reach them still.
    private static PoolUnitStatus Find(Dictionary<string, PoolStatus> said, PoolMember member, int index) =>
        said.TryGetValue(member.Unit.Node.Name, out PoolStatus? status) && index < status.Units.Length
            ? status.Units[index] with { Node = member.Unit.Node.Name }
            : new PoolUnitStatus(
                member.Unit.Node.Name, member.Unit.Path, member.Unit.Port, member.Role.ToString().ToLowerInvariant(),
                member.Group >= 0 ? member.Group + 1 : null, null, "unknown", [], null, null, null, null, null, null, null, null,
                null, []);

    // That its process has ended is what was asked for.
    private static PoolUnitStatus Explain(PoolStatusAnswer answer, PoolUnitStatus unit) =>
        unit.State == Down && IsDrained(answer, unit.Node)
            ? unit with { Reasons = [$"{unit.Node} was drained (kadalu node resume {unit.Node} starts it)"] } : unit;

    private static bool IsDrained(PoolStatusAnswer answer, string node) =>
        answer.Pool.Nodes.Any(other => other.Name == node && other.IsDrained);

    private static IEnumerable<string> FindProblems(
        PoolStatusAnswer answer, Dictionary<string, PoolStatus> said, PoolUnitStatus[] units, bool isStarted)
    {
        if (answer.Pool.Problem is { } problem)
        {
            yield return problem;
        }

        foreach (NodeStatus node in answer.Nodes.Where(node => node.Problem is not null))
        {
            yield return $"{node.Node} says nothing: {node.Problem}";
        }

        foreach ((string node, PoolStatus status) in said)
        {
            if (status.Problem is not null)
            {
                yield return $"{node}: {status.Problem}";
            }
            else if (status.State != answer.Pool.State || status.Digest != answer.Pool.Digest)
            {
                yield return $"{node} has not been told everything: {status.State}, revision {status.Revision} there; it is " +
                    "told when its agent reports (kadalu task list)";
            }

            foreach (string reason in isStarted && !IsDrained(answer, node) ? status.HealDaemonReasons : [])
            {
                yield return $"{node}: self-heal daemon: {reason}";
            }
        }

        foreach (PoolUnitStatus unit in isStarted ? units : [])
        {
            if (unit.State is not ("ready" or "unknown"))
            {
                yield return $"{unit.Address} is {unit.State}" +
                    string.Concat(unit.Reasons.Select((reason, place) => (place == 0 ? ": " : "; ") + reason)) +
                    (unit.State == Down && !IsDrained(answer, unit.Node)
                        ? $" (kadalu pool start {answer.Pool.Name} starts it)" : "");
            }

            if (unit.Pending.Length > 0)
            {
                yield return $"{unit.Address} has at its next start: {string.Join(", ", unit.Pending)}";
            }
        }

        if (units.Max(unit => unit.PendingHeals ?? 0) is > 0 and long heals)
        {
            yield return $"to be healed: {heals} files";
        }
    }

    private static IEnumerable<string> FindNotes(
        PoolStatusAnswer answer, Dictionary<string, PoolStatus> said, PoolUnitStatus[] units)
    {
        string pool = answer.Pool.Name;
        if (said.Values.Any(status => status.LacksDistribute))
        {
            yield return "its clients have no cluster/distribute, and a second group would hide directories: kadalu pool stop " +
                $"{pool}, then kadalu pool start {pool} --distribute-layer";
        }

        foreach ((string node, PoolStatus status) in said)
        {
            if (status.IsEdited)
            {
                yield return $"{node}: the definition was changed by hand since";
            }

            if (status.HealDaemonPending.Length > 0)
            {
                yield return $"{node}: the self-heal daemon has at its next start: {string.Join(", ", status.HealDaemonPending)}";
            }

            foreach (PoolUnitStatus unit in status.Units.Where(unit => unit.Revision is { } old && old != status.Revision))
            {
                yield return $"{unit.Address} runs revision {unit.Revision}: kadalu pool start {pool} tells it";
            }
        }

        if (said.Values.Sum(status => status.ToCompare) is > 0 and int compare)
        {
            yield return "directories to compare on all units, after heals or because a unit ended while they were being " +
                $"changed: {compare}";
        }

        if (units.Sum(unit => unit.OutdatedClients ?? 0) is > 0 and int outdated)
        {
            yield return $"mounts with an older volfile, for which what has changed does not hold: {outdated}";
        }
    }

    /// <summary>Reads the definition of a pool.</summary>
    /// <exception cref="CommandException">It is of another form.</exception>
    internal static Pool ReadPool(JsonElement definition)
    {
        try
        {
            return PoolDocument.Read(definition);
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.PeerRefused, exception.Message);
        }
    }

    // One that answers in another form says nothing: what the others say is shown.
    private static (NodeStatus Node, PoolStatus? Status) Read(NodeStatus node)
    {
        if (node.Status is not { } status)
        {
            return (node, null);
        }

        string problem = $"{AnswerText.Its} has no units in it, is it of another version?";
        try
        {
            PoolStatus read = AnswerText.Read(status.GetRawText(), PoolJson.Default.PoolStatus);
            if (read is { Units: not null, HealDaemonReasons: not null, HealDaemonPending: not null, State: not null } &&
                read.Units.All(unit => unit is { State: not null, Reasons: not null, Pending: not null }))
            {
                return (node, read);
            }
        }
        catch (CommandException exception)
        {
            problem = exception.Message;
        }

        return (node with { Status = null, Problem = problem }, null);
    }
}

/// <summary>A unit of a pool.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Unit">How it is.</param>
internal sealed record PoolUnitInfo(string Pool, PoolUnitStatus Unit);
