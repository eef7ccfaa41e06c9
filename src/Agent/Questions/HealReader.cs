using System.Text.Json;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Agent.Questions;

/// <summary>Answers what units and self-heal daemons of this node know themselves: on their control sockets, without GlusterFS.</summary>
/// <param name="store">The pools of this node.</param>
/// <param name="services">Their processes.</param>
internal sealed class HealReader(PoolStore store, NodeServices services)
{
    /// <summary>Answers a question.</summary>
    /// <exception cref="CommandException">It cannot be answered; says why.</exception>
    internal async Task<JsonElement> AnswerAsync(NodeQuestion question)
    {
        Pool pool = QuestionedPool.GetStarted(store, question);
        var node = ThisNode.Of(store.Paths.Node);
        return question switch
        {
            HealStateQuestion => JsonSerializer.SerializeToElement(
                await ReadAsync(pool, node), QuestionJson.Default.NodeHeals),
            HealStartQuestion start => JsonSerializer.SerializeToElement(
                await StartAsync(pool, node, start.IsFull), QuestionJson.Default.NodeCrawlStart),
            CopyCheckQuestion check => JsonSerializer.SerializeToElement(
                await CheckAsync(pool, check.Begins), QuestionJson.Default.CopyReport),
            _ => throw new CommandException(ExitCode.Usage, $"a question of another version: {question.GetType().Name}"),
        };
    }

    private async Task<NodeHeals> ReadAsync(Pool pool, ThisNode node)
    {
        UnitPending[] units = await Task.WhenAll(node.UnitsOf(pool).Select(member => ReadAsync(pool, member)));
        return new NodeHeals(DateTime.UtcNow, units, await ReadDaemonAsync(pool));
    }

    private async Task<UnitPending> ReadAsync(Pool pool, PoolMember member)
    {
        string key = member.Unit.Key(pool.Name);
        UnitStatus? status = services.Find(key) is null ? null : await services.AskAsync(key);
        return new UnitPending(
            member.Unit.Address, status?.PendingHeals,
            status is not null ? null : services.Find(key) is null ? "it is down" : "it does not answer");
    }

    private async Task<HealDaemonState> ReadDaemonAsync(Pool pool)
    {
        if (!pool.CanHeal)
        {
            return new HealDaemonState(null, [], 0, null);
        }

        if (await services.AskHealDaemonAsync(pool) is not { } daemon)
        {
            return new HealDaemonState(
                services.Find(PoolPaths.HealDaemonKey(pool)) is null ? "does not run" : "does not answer", [], null, null);
        }

        return new HealDaemonState(
            PoolHeal.FindSwitchedOff(pool) is { } option ? $"is switched off ({option} {pool.Options[option]})" : null,
            [.. daemon.HealedUnits.Where(unit => !unit.IsConnected).Select(unit => unit.Address)], daemon.ToCompare,
            await FindCrawlsAsync(pool, daemon));
    }

    // Only mirrors keep account of them.
    private async Task<UnitCrawl[]?> FindCrawlsAsync(Pool pool, HealDaemonStatus daemon)
    {
        try
        {
            return pool.Groups[0].Kind == GroupKind.Disperse ? null
                : [.. (await services.Healing.GetCrawlsAsync(pool)).Select(crawl => new UnitCrawl(
                    NameOf(daemon, crawl.Unit), crawl.IsFull, crawl.Begun, crawl.Ended, crawl.Healed, crawl.SplitBrain,
                    crawl.Failed))];
        }
        catch (CommandException)
        {
            return null;
        }
    }

    private async Task<NodeCrawlStart> StartAsync(Pool pool, ThisNode node, bool isFull)
    {
        if (PoolHeal.FindSwitchedOff(pool) is { } option)
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"the self-heal daemons of {pool.Name} are switched off ({option} {pool.Options[option]}): nothing is healed " +
                $"before kadalu pool reset {pool.Name} {option}");
        }

        HashSet<string> own =
            [.. node.UnitsWithFilesOf(pool).Select(member => member.Unit.Address)];
        try
        {
            HealStart[] all = await services.Healing.StartAsync(pool, isFull);
            HealDaemonStatus? daemon = await services.AskHealDaemonAsync(pool);
            return new NodeCrawlStart(
                [.. all.Select(start => new UnitCrawlStart(NameOf(daemon, start.Unit), start.IsStarted, start.Status))
                    .Where(start => start.IsStarted || own.Contains(start.Unit))]);
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerRefused)
        {
            // It crawls only units of its own node: where these are all down, it has nothing to do.
            HashSet<string> away = [.. (await services.AskHealDaemonAsync(pool))?.HealedUnits
                .Where(unit => !unit.IsConnected).Select(unit => unit.Address) ?? []];
            return own.IsSubsetOf(away)
                ? new NodeCrawlStart([.. own.Select(unit => new UnitCrawlStart(unit, IsStarted: false, "it is not connected"))])
                : throw new CommandException(exception.Code, exception.Message);
        }
    }

    private async Task<CopyReport> CheckAsync(Pool pool, bool isBegun)
    {
        CopyReport report = await services.Healing.AskCheckAsync(pool, isBegun);
        HealDaemonStatus? daemon = await services.AskHealDaemonAsync(pool);
        return report with
        {
            Differences =
                [.. report.Differences.Select(difference => difference with { Unit = NameOf(daemon, difference.Unit) })],
            Unreachable = [.. report.Unreachable.Select(unit => NameOf(daemon, unit))],
        };
    }

    // Its translators know units by the names of their volumes.
    private static string NameOf(HealDaemonStatus? daemon, string volume) =>
        daemon?.HealedUnits.FirstOrDefault(unit => unit.Volume == volume)?.Address ?? volume;
}
