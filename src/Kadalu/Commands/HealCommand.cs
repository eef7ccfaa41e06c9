using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Questions;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu heal</c>: what has to be healed in pools, by all of their nodes.</summary>
internal static class HealCommand
{
    internal static Command Create() => new("heal", "See what has to be healed, start heals, and resolve split-brain.")
    {
        CreateStatus(),
        CreateStart(),
        HealInfoCommand.Create(),
        HealCheckCommand.Create(),
        HealCompareCommand.Create(),
        HealResolveCommand.Create(),
    };

    /// <summary>Where the manager is asked about heals of a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="what">What is behind it; empty for how far they are.</param>
    internal static string PathOf(string pool, string what = "") =>
        $"{ManagerPaths.Heals}/{ManagerAccess.Escape(pool)}{what}";

    /// <summary>The exit code where not all is well, or known.</summary>
    internal static int CodeOf(bool isWell) => (int)(isWell ? ExitCode.Success : ExitCode.Degraded);

    private static Command CreateStatus()
    {
        Argument<string?> name = PoolCommand.CreateOptionalName();
        var command = new Command(
            "status",
            "Show how many files wait for a heal, by unit, and how fast they are healed. Exit code 0: nothing waits; 20: " +
            "something does, or is not known. Example: kadalu heal status pool1") { name, CommonOptions.Watch };
        command.SetAction((parsed, cancellation) => CommonOptions.WatchAsync(parsed, async stop =>
        {
            string[] names = await PoolCommand.FindNamesAsync(parsed.GetValue(name), stop);
            HealStatus[] pools = await Task.WhenAll(names.Select(
                pool => ManagerAccess.ReadAsync(PathOf(pool), CommandJson.Default.HealStatus, stop)));
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(JsonSerializer.Serialize(pools, CommandJson.Default.HealStatusArray));
            }
            else
            {
                foreach (HealStatus pool in pools)
                {
                    Show(pool);
                }
            }

            return CodeOf(pools.All(pool => pool.Verdict is HealStatus.Nothing or HealStatus.NoCopies));
        }, cancellation));
        return command;
    }

    private static void Show(HealStatus pool)
    {
        string[] facts =
        [
            .. pool.Waiting is > 0 and long waiting ? new[] { $"{Count(waiting)} to heal" } : [],
            .. pool.SplitBrain is { } split ? new[] { $"{PlainText.Number(split)} in split-brain" } : [],
            .. pool.FilesPerSecond is { } rate
                ? new[] { string.Create(CultureInfo.InvariantCulture, $"{rate:0.#} files/s healed") } : [],
            .. pool.SecondsLeft is > 0 and double left ? new[] { $"about {PlainText.Duration(Math.Ceiling(left))} left" } : [],
        ];
        Terminal.Line($"{pool.Pool}: {string.Join(", ", [pool.Verdict, .. facts])}");
        foreach (string problem in pool.Problems)
        {
            Terminal.Line($"  {problem}");
        }

        if (pool.Units.Length > 0)
        {
            Terminal.Table(
                ["UNIT", "GROUP", "TO HEAL", "CHANGING", "TO COMPARE", "LATEST CRAWL", "HEALED", "SPLIT-BRAIN", "LEFT ALONE",
                    "LATEST FULL CRAWL"],
                pool.Units.Select(unit => new[]
                {
                    unit.Unit, Text(unit.Group), Text(unit.Waiting), Text(unit.Changing), Text(unit.ToCompare),
                    Describe(unit.Crawl), Text(unit.Crawl?.Healed), Text(unit.Crawl?.SplitBrain), Text(unit.Crawl?.Left),
                    Describe(unit.FullCrawl),
                }));
        }
    }

    private static string Describe(UnitCrawl? crawl) => crawl is null ? "-"
        : $"{(crawl.IsFull ? "full" : "index")}, " +
            (crawl.Ended is { } end ? $"ended {PlainText.Time(end)}" : $"runs since {PlainText.Time(crawl.Begun)}");

    private static string Count(long files) => files == 1 ? "1 file" : $"{PlainText.Number(files)} files";

    private static string Text(long? number) => number is { } known ? PlainText.Number(known) : "-";

    private static Command CreateStart()
    {
        var full = new Option<bool>("--full")
        {
            Description = "Crawl the whole pool, instead of only what the indices of units name: finds copies that are lost.",
        };
        return PoolCommand.WithPool(
            "start",
            "Have the self-heal daemons of all nodes crawl for what has to be healed, now. Example: kadalu heal start pool1",
            async (parsed, pool, cancellation) =>
            {
                (string text, CrawlAnswer answer) = await Terminal.ShowAsync(show =>
                {
                    show($"asks the nodes of {pool}");
                    return ManagerAccess.SendAsync(
                        PathOf(pool, "/crawls"), new CrawlOrder(parsed.GetValue(full)), CommandJson.Default.CrawlOrder,
                        CommandJson.Default.CrawlAnswer, cancellation);
                });
                if (parsed.GetValue(CommonOptions.Json))
                {
                    JsonOutput.Write(text);
                }
                else
                {
                    Terminal.Table(
                        ["UNIT", "STARTED", "THE DAEMON SAYS"],
                        answer.Units.Select(unit => new[] { unit.Unit, unit.IsStarted ? "yes" : "no", unit.Status }));
                    Show(answer.Problems, "has started nothing");
                }

                return CodeOf(answer.Problems.Length == 0 && answer.Units.All(unit => unit.IsStarted));
            },
            full);
    }

    /// <summary>Writes which nodes have not done what was asked.</summary>
    internal static void Show(NodeProblem[] problems, string what)
    {
        foreach (NodeProblem problem in problems)
        {
            Terminal.Line($"{problem.Node} {what}: {problem.Problem}");
        }
    }
}
