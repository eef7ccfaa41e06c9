using System.Diagnostics;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary>Waits until a unit that runs on an empty directory has everything again.</summary>
internal static class UnitHealWait
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(2);

    // Self-heal daemons try again what they could not heal every ten minutes only.
    private static readonly TimeSpan s_orderEvery = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_movesWithin = TimeSpan.FromMinutes(10);

    /// <summary>Waits.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="unit">The unit, <c>NODE:PATH</c>.</param>
    /// <param name="isJson">Whether nothing is written for people.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It is not healed, or nobody knows whether it is.</exception>
    internal static async Task WaitAsync(string pool, string unit, bool isJson, CancellationToken cancellation)
    {
        PoolCondition before = (await PoolStatusCommand.AskAsync(pool, cancellation))[0];
        PoolUnitStatus[] others = [.. UnitHeals.SelectGroup(before.Units, unit, other => (other.Address, other.Group))
            .Where(other => other.Address != unit)];
        if (others.Where(other => other.State == "unknown").ToArray() is { Length: > 0 } silent)
        {
            throw new CommandException(
                ExitCode.Degraded,
                $"{unit} runs, and whether it is healed is not known: " +
                $"{string.Join(", ", silent.Select(other => other.Node).Distinct())} does not answer (kadalu heal status {pool})");
        }

        if (others.Any(other => other.State == PoolCondition.Down))
        {
            // Not everything can be healed now: the node has said which units that waits for.
            return;
        }

        await Terminal.ShowAsync(async show =>
        {
            await WaitAsync(before, unit, isJson, show, cancellation);
            return true;
        });
        if (!isJson)
        {
            Terminal.Line($"{unit} has everything again: nothing in its group has to be healed");
        }
    }

    // Twice in a row: what is written meanwhile has to be healed for a moment as well.
    private static async Task WaitAsync(
        PoolCondition before, string unit, bool isJson, Action<string> show, CancellationToken cancellation)
    {
        var pool = PoolCondition.ReadPool(before.Info.Definition);
        var pace = new FullCrawlPace();
        string said = "";
        long moved = Stopwatch.GetTimestamp();
        long ordered = moved;
        PoolUnitStatus? down = null;
        for (int quiet = 0; quiet < 2;)
        {
            HealStatus status = await ManagerAccess.ReadAsync(
                HealCommand.PathOf(pool.Name), CommandJson.Default.HealStatus, cancellation);
            string? left = UnitHeals.Describe(status, unit);
            quiet = left is null ? quiet + 1 : 0;
            if (left is not null && left != said)
            {
                (said, moved) = (left, Stopwatch.GetTimestamp());
                if (!isJson)
                {
                    Terminal.Line($"{unit}: {left}");
                }
            }

            if (left is not null && Stopwatch.GetElapsedTime(moved) > s_movesWithin)
            {
                throw new CommandException(
                    ExitCode.Degraded,
                    $"{unit} is not healed: {left}, for {s_movesWithin.TotalMinutes} minutes (kadalu heal info {pool.Name})");
            }

            if (left is not null && Stopwatch.GetElapsedTime(ordered) > s_orderEvery)
            {
                ordered = Stopwatch.GetTimestamp();
                down = await FindDownAsync(pool.Name, unit, down, cancellation);
                await OrderAsync(pool, unit, pace, cancellation);
            }

            show($"{unit}: {left ?? "nothing is left to be healed"}");
            await Task.Delay(quiet == 2 ? TimeSpan.Zero : s_lookEvery, cancellation);
        }
    }

    // Twice in a row: systemd starts one again that was killed.
    private static async Task<PoolUnitStatus?> FindDownAsync(
        string pool, string unit, PoolUnitStatus? before, CancellationToken cancellation)
    {
        PoolUnitStatus? now = (await PoolStatusCommand.AskAsync(pool, cancellation))[0].Units.FirstOrDefault(
            one => one.Address == unit && one.State == PoolCondition.Down);
        return now is null || before is null ? now : throw new CommandException(
            ExitCode.Degraded,
            $"{unit} is not healed: it is down: {string.Join("; ", now.Reasons)} (kadalu pool start {pool} starts it, and its " +
            "heal goes on)");
    }

    // Disperse groups find nothing in indices of a unit that was empty: all files are gone through, which takes long, and once.
    private static async Task OrderAsync(Pool pool, string unit, FullCrawlPace pace, CancellationToken cancellation)
    {
        bool isDisperse = pool.Members.Any(
            member => member.Unit.Address == unit && pool.Groups[member.Group].Kind == GroupKind.Disperse);
        try
        {
            string daemons = isDisperse ? await FindDaemonsAsync(pool.Name, cancellation) : "";
            TimeSpan now = Stopwatch.GetElapsedTime(0);
            bool isFull = isDisperse && pace.IsDue(now, daemons);
            await ManagerAccess.SendAsync(
                HealCommand.PathOf(pool.Name, "/crawls"), new CrawlOrder(isFull), CommandJson.Default.CrawlOrder,
                CommandJson.Default.CrawlAnswer, cancellation);
            if (isFull)
            {
                pace.Note(now, daemons);
            }
        }
        catch (CommandException)
        {
            // Not now: a self-heal daemon is starting, for example.
        }
    }

    private static async Task<string> FindDaemonsAsync(string pool, CancellationToken cancellation)
    {
        PoolStatusAnswer answer = await ManagerAccess.ReadAsync(
            PoolCommand.PathOf(pool, "/status"), CommandJson.Default.PoolStatusAnswer, cancellation);
        return string.Join(' ', answer.Nodes.Select(node =>
            node.Status is { ValueKind: JsonValueKind.Object } status &&
            status.TryGetProperty("healDaemon", out JsonElement daemon)
                ? $"{node.Node}:{daemon.GetRawText()}" : node.Node));
    }
}
