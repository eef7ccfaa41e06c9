using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Manager.Questions;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Heals;

/// <summary>Puts together what nodes know of heals of a pool.</summary>
internal static class HealSummary
{
    // Kinds of what units note: see PendingHeals.
    private const string Waiting = "xattrop";
    private const string Interrupted = "interrupted";
    private const string Changing = "dirty";
    private const string TieBreakerMarks = "marks";

    /// <summary>Of a pool whose units have nothing to say.</summary>
    internal static HealStatus Of(string pool, string verdict) => new(pool, verdict, [], null, null, null, null, []);

    /// <summary>Puts it together.</summary>
    internal static HealStatus Of(Pool pool, IReadOnlyList<NodeReply<NodeHeals>> replies)
    {
        NodeHeals[] said = [.. replies.Select(reply => reply.Answer).OfType<NodeHeals>()];
        Dictionary<string, UnitPending> pending =
            said.SelectMany(node => node.Units).DistinctBy(unit => unit.Unit).ToDictionary(unit => unit.Unit);
        ILookup<string, UnitCrawl> crawls = said.SelectMany(node => node.Daemon.Crawls ?? []).ToLookup(crawl => crawl.Unit);
        Dictionary<string, int?> toCompare = replies.Where(reply => reply.Answer is not null)
            .ToDictionary(reply => reply.Node, reply => reply.Answer!.Daemon.ToCompare);
        UnitHealStatus[] units =
            [.. pool.Units.Select(member => Of(pool, member, pending, crawls, toCompare))];
        string[] problems = [.. FindProblems(pool, replies, units)];
        long? waiting = Total(units, unit => unit.Waiting);
        long? splitBrain = Total(units, FindSplitBrain);
        bool isKnown = units.All(unit => unit.Waiting is not null) && toCompare.Values.All(count => count is not null) &&
            replies.All(reply => reply.Answer is not null);
        bool waits = waiting > 0 || toCompare.Values.Any(count => count > 0);
        double? rate = RateOf(replies);
        return new HealStatus(
            pool.Name, waits ? HealStatus.Waits : isKnown ? HealStatus.Nothing : HealStatus.Unknown, problems, waiting,
            splitBrain, rate, rate > 0 && waiting is not null ? waiting / rate : null, units);
    }

    private static UnitHealStatus Of(
        Pool pool, PoolMember member, Dictionary<string, UnitPending> pending, ILookup<string, UnitCrawl> crawls,
        Dictionary<string, int?> toCompare)
    {
        string address = member.Unit.Address;
        IReadOnlyDictionary<string, long>? noted = pending.GetValueOrDefault(address)?.Pending;
        long Count(string kind) => noted?.GetValueOrDefault(kind) ?? 0;

        // In a disperse group what is being changed is among what waits.
        return new UnitHealStatus(
            address, member.Group >= 0 ? member.Group + 1 : null,
            member.Role == UnitRole.TieBreaker ? "tie-breaker" : member.Role.ToString().ToLowerInvariant(),
            noted is null ? null : Count(Waiting) + Count(Interrupted) + Count(TieBreakerMarks),
            noted is null ? null : Count(Changing),
            pool.CanHeal ? toCompare.GetValueOrDefault(member.Unit.Node.Name) : null,
            crawls[address].MaxBy(crawl => crawl.Begun),
            crawls[address].Where(crawl => crawl.IsFull).MaxBy(crawl => crawl.Begun));
    }

    private static IEnumerable<string> FindProblems(
        Pool pool, IReadOnlyList<NodeReply<NodeHeals>> replies, UnitHealStatus[] units)
    {
        foreach (NodeReply<NodeHeals> reply in replies)
        {
            if (reply.Problem is { } problem)
            {
                yield return $"{problem.Node} says nothing, so that its units are not known: {problem.Problem}";
                continue;
            }

            foreach (UnitPending unit in reply.Answer!.Units.Where(unit => unit.Problem is not null))
            {
                yield return $"what waits on {unit.Unit} is not known: {unit.Problem}";
            }

            if (reply.Answer.Daemon.Problem is { } daemon)
            {
                yield return $"{reply.Node}: the self-heal daemon {daemon}";
            }
        }

        foreach (string problem in FindUnreached(replies))
        {
            yield return problem;
        }

        if (units.Max(FindSplitBrain) > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"files in split-brain are not healed: kadalu heal info {pool.Name} --split-brain");
        }
    }

    // What was resolved since waits no more.
    private static long? FindSplitBrain(UnitHealStatus unit) => unit.Crawl is { Ended: not null } crawl
        ? Math.Min(crawl.SplitBrain, unit.Waiting ?? crawl.SplitBrain) : null;

    // Each unit of a group notes the same files, if it was there: the one with most of them counts.
    private static long? Total(UnitHealStatus[] units, Func<UnitHealStatus, long?> count)
    {
        long?[] groups = [.. units.GroupBy(unit => unit.Group).Select(group => group.Max(count))];
        return groups.All(group => group is null) ? null : groups.Sum(group => group ?? 0);
    }

    // That a unit is down its own node has said.
    private static IEnumerable<string> FindUnreached(IReadOnlyList<NodeReply<NodeHeals>> replies)
    {
        NodeReply<NodeHeals>[] said = [.. replies.Where(reply => reply.Answer is not null)];
        HashSet<string> down = [.. said.SelectMany(reply => reply.Answer!.Units).Where(unit => unit.Problem is not null)
            .Select(unit => unit.Unit)];
        return said.SelectMany(reply => reply.Answer!.Daemon.Unreached, (reply, unit) => (reply.Node, Unit: unit))
            .Where(unreached => !down.Contains(unreached.Unit)).GroupBy(unreached => unreached.Unit, unreached => unreached.Node)
            .Select(unit => $"{unit.Key} is not reached by the self-heal daemons of {string.Join(", ", unit)}");
    }

    // By crawls that are running. Each has the clock of its own node.
    private static double? RateOf(IReadOnlyList<NodeReply<NodeHeals>> replies)
    {
        (double Seconds, long Healed)[] running =
        [
            .. replies.Select(reply => reply.Answer).OfType<NodeHeals>().SelectMany(
                node => (node.Daemon.Crawls ?? []).Where(crawl => crawl.Ended is null && node.At > crawl.Begun),
                (node, crawl) => ((node.At - crawl.Begun).TotalSeconds, crawl.Healed)),
        ];
        double rate = running.Sum(crawl => crawl.Healed / crawl.Seconds);
        return rate > 0 ? rate : null;
    }
}
