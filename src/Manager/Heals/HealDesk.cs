using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Manager.Pools;
using KadaluFsd.Manager.Questions;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Manager.Heals;

/// <summary>Heals of pools, over all of their nodes.</summary>
/// <param name="pools">The pools.</param>
/// <param name="questions">Asks their nodes.</param>
internal sealed class HealDesk(PoolRegistry pools, PoolQuestions questions)
{
    // All questions of one request have a limit besides.
    private const double Briefly = 10;
    private const double ForUnits = 70;
    private const double ForLists = 45;
    private const double ForNames = 20;
    private const double ForContents = 100;

    /// <summary>How far the heal of a pool is.</summary>
    /// <exception cref="CommandException">There is no such pool.</exception>
    internal async Task<HealStatus> GetStatusAsync(string name, CancellationToken cancellation)
    {
        KnownPool known = await pools.GetAsync(name, cancellation);
        return !known.Pool.CanHeal ? HealSummary.Of(name, HealStatus.NoCopies)
            : known.Record.Phase != PoolPhase.Started ? HealSummary.Of(name, HealStatus.Stopped)
            : HealSummary.Of(known.Pool, await questions.AskAllAsync(
                known, new HealStateQuestion(name, known.Record.Id) { Seconds = Briefly }, QuestionJson.Default.NodeHeals,
                questions.Begin(), cancellation));
    }

    /// <summary>Has all self-heal daemons of a pool crawl.</summary>
    /// <exception cref="CommandException">None does.</exception>
    internal async Task<CrawlAnswer> CrawlAsync(string name, CrawlOrder order, CancellationToken cancellation)
    {
        AnswerLimit limit = questions.Begin();
        KnownPool known = await GetAsync(name, cancellation);
        NodeReply<NodeCrawlStart>[] replies = await questions.AskAllAsync(
            known, new HealStartQuestion(name, known.Record.Id, order.IsFull) { Seconds = ForUnits },
            QuestionJson.Default.NodeCrawlStart, limit, cancellation);
        NodeProblem[] problems = [.. replies.Select(reply => reply.Problem).OfType<NodeProblem>()];
        return problems.Length == replies.Length
            ? throw PoolQuestions.Refusal(problems)
            : new CrawlAnswer(
                [.. replies.SelectMany(reply => reply.Answer?.Units ?? []).DistinctBy(unit => unit.Unit)], problems);
    }

    /// <summary>Lists the files of a pool that have to be healed.</summary>
    /// <exception cref="CommandException">No node can.</exception>
    internal async Task<HealFiles> ListAsync(string name, bool onlySplitBrain, CancellationToken cancellation)
    {
        AnswerLimit limit = questions.Begin();
        KnownPool known = await GetAsync(name, cancellation);
        if (onlySplitBrain && known.Pool.Groups[0].Kind == GroupKind.Disperse)
        {
            throw new CommandException(ExitCode.PoolRefused, $"{name} is no mirror: it has no split-brain");
        }

        Guid id = known.Record.Id;
        (string node, NodeHealList found) = await questions.AskOneAsync(
            known, new HealListQuestion(name, id, onlySplitBrain) { Seconds = ForLists }, QuestionJson.Default.NodeHealList,
            limit, cancellation);
        UnitFiles[] lists = found.Units;
        var problems = new List<NodeProblem>();
        if (!onlySplitBrain && lists.Any(list => list.Problem is not null))
        {
            NodeReply<NodeHealList>[] indices = await questions.AskAllAsync(
                known, new HealIndexQuestion(name, id) { Seconds = ForNames }, QuestionJson.Default.NodeHealList, limit,
                cancellation);
            lists = FileLists.Join(lists, node, indices.SelectMany(reply => reply.Answer?.Units ?? []));
            problems.AddRange(indices.Select(reply => reply.Problem).OfType<NodeProblem>());
        }

        Guid[] unnamed = FileLists.FindUnnamed(lists);
        if (unnamed.Length > 0)
        {
            NodeReply<GfidPaths>[] paths = await questions.AskAllAsync(
                known, new GfidPathQuestion(name, id, unnamed) { Seconds = ForNames }, QuestionJson.Default.GfidPaths, limit,
                cancellation);
            lists = FileLists.Name(
                lists, paths.SelectMany(reply => reply.Answer?.Paths ?? []).DistinctBy(path => path.Key)
                    .ToDictionary(path => path.Key, path => path.Value));
        }

        return new HealFiles(node, lists, [.. problems]);
    }

    /// <summary>Has one node compare directory entries of all units, or asks it how far it is.</summary>
    /// <exception cref="CommandException">No node can, or it cannot be asked.</exception>
    internal async Task<CheckAnswer> CheckAsync(string name, CheckOrder order, CancellationToken cancellation)
    {
        AnswerLimit limit = questions.Begin();
        KnownPool known = await GetAsync(name, cancellation);
        var question = new CopyCheckQuestion(name, known.Record.Id, Begins: order.Node is null) { Seconds = Briefly };
        if (order.Node is { } node)
        {
            return new CheckAnswer(
                node,
                await questions.AskAsync(known, node, question, QuestionJson.Default.CopyReport, limit, cancellation));
        }

        (string asked, CopyReport report) =
            await questions.AskOneAsync(known, question, QuestionJson.Default.CopyReport, limit, cancellation);
        return new CheckAnswer(asked, report);
    }

    /// <summary>Compares the copies of a file.</summary>
    /// <exception cref="CommandException">There is no such file, or no node answers.</exception>
    internal async Task<FileComparison> CompareAsync(string name, CompareOrder order, CancellationToken cancellation)
    {
        AnswerLimit limit = questions.Begin();
        KnownPool known = await GetAsync(name, cancellation);
        NodeReply<NodeCopies>[] replies = await questions.AskAllAsync(
            known, new FileCopyQuestion(name, known.Record.Id, order.Path) { Seconds = ForContents },
            QuestionJson.Default.NodeCopies, limit, cancellation);
        NodeProblem[] problems = [.. replies.Select(reply => reply.Problem).OfType<NodeProblem>()];
        if (problems.Length == replies.Length)
        {
            throw PoolQuestions.Refusal(problems);
        }

        Dictionary<string, FileCopy> copies = replies.SelectMany(reply => reply.Answer?.Copies ?? [])
            .DistinctBy(copy => copy.Unit).ToDictionary(copy => copy.Unit);
        foreach (PoolMember member in known.Pool.Members)
        {
            if (problems.FirstOrDefault(problem => problem.Node == member.Unit.Node.Name) is { } problem)
            {
                copies.TryAdd(member.Unit.Address, new FileCopy(member.Unit.Address, problem.Problem, null));
            }
        }

        return CopyVerdict.Of(known.Pool, order.Path, copies);
    }

    /// <summary>Resolves split-brain in favour of one copy.</summary>
    /// <exception cref="CommandException">It cannot be done.</exception>
    internal async Task<ResolveAnswer> ResolveAsync(string name, ResolveOrder order, CancellationToken cancellation)
    {
        AnswerLimit limit = questions.Begin();
        KnownPool known = await GetAsync(name, cancellation);
        if (order.Source is { } source && known.Pool.Members.All(member => member.Unit.Address != source))
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{source} is no unit of {name}: {string.Join(", ", known.Pool.Members.Select(member => member.Unit.Address))}");
        }

        (string node, HealResolved resolved) = await questions.AskOneAsync(
            known,
            new HealResolveQuestion(name, known.Record.Id, order.Policy, order.Source, order.Path) { Seconds = ForContents },
            QuestionJson.Default.HealResolved, limit, cancellation, isOrder: true);
        return new ResolveAnswer(node, resolved.Said);
    }

    /// <summary>A started pool with copies.</summary>
    /// <exception cref="CommandException">There is none of this name.</exception>
    internal async Task<KnownPool> GetAsync(string name, CancellationToken cancellation)
    {
        KnownPool known = await pools.GetAsync(name, cancellation);
        return !known.Pool.CanHeal
            ? throw new CommandException(
                ExitCode.PoolRefused, $"{name} has no second copy of anything: there is nothing to heal from")
            : known.Record.Phase != PoolPhase.Started
            ? throw new CommandException(ExitCode.PoolRefused, $"{name} is not started (kadalu pool start {name})")
            : known;
    }
}
