using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd pool heal</c>: what has to be healed, and what is done about split-brain.
/// </summary>
internal static class PoolHealCommand
{
    internal static Command Create() => new("heal", "Show and start heals of a pool, and resolve split-brain.")
    {
        CreateInfo("info", "List the files that have to be healed, by the unit that knows of them.", onlySplitBrain: false),
        CreateInfo("split-brain", "List the files in split-brain: their copies contradict each other.", onlySplitBrain: true),
        CreateStart(),
        CreateStatistics(),
        CreateCheck(),
        CreateResolve(),
    };

    private static PoolHeal Open(ParseResult parsed)
    {
        (PoolPaths paths, _, ThisNode node) = PoolCommand.Open(parsed);
        return PoolCommand.LoadLibrary(paths, node).Heal;
    }

    private static Command CreateInfo(string name, string description, bool onlySplitBrain)
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        return PoolCommand.WithPool(name, description, async (parsed, pool, _) =>
        {
            Pool started = Started(parsed, pool);
            HealList[] lists = await Open(parsed).ListAsync(started, onlySplitBrain, CancellationToken.None);
            if (parsed.GetValue(json))
            {
                Console.Write(JsonSerializer.Serialize(lists, PoolJson.Default.HealListArray) + "\n");
            }
            else
            {
                Console.Write(string.Join('\n', lists.Select(list => HealText.Describe(list, onlySplitBrain))));
                if (!onlySplitBrain && await Services(parsed).AskHealDaemonAsync(started) is { ToCompare: > 0 and var toCompare })
                {
                    Console.Write(
                        string.Create(
                            CultureInfo.InvariantCulture, $"\n{toCompare} directories are still to be compared on all units\n"));
                }
            }

            return (int)(lists.All(list => list.IsConnected) ? ExitCode.Success : ExitCode.PeerUnreachable);
        }, json);
    }

    private static Command CreateStart()
    {
        var full = new Option<bool>("--full")
        {
            Description = "Crawl the whole pool, instead of only what the indices of units name."
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        return PoolCommand.WithPool(
            "start", "Have this node's self-heal daemon crawl for what has to be healed, now.", async (parsed, pool, _) =>
        {
            (PoolPaths paths, PoolStore store, ThisNode node) = PoolCommand.Open(parsed);
            Pool named = PoolCommand.GetStarted(store, pool);
            if (PoolHeal.FindSwitchedOff(named) is { } switchedOff)
            {
                throw new CommandException(
                    ExitCode.PoolRefused,
                    $"the self-heal daemons of {pool} are switched off ({switchedOff} {named.Options[switchedOff]}): nothing " +
                    $"is healed before pool reset {pool} {switchedOff}");
            }

            var services = new NodeServices(paths);
            HealStart[] units = await services.Healing.StartAsync(named, parsed.GetValue(full));
            if (parsed.GetValue(json))
            {
                Console.Write(JsonSerializer.Serialize(units, PoolJson.Default.HealStartArray) + "\n");
                return (int)ExitCode.Success;
            }

            Func<string, string> addressOf = await AddressesAsync(services, named);
            Console.Write(
                PlainText.Table(
                    ["GROUP", "UNIT", "STATUS"], units.Select(unit => new[] { unit.Group, addressOf(unit.Unit), unit.Status })));
            string[] others =
                [.. named.Members.Where(member => !node.Is(named, member.Unit.Node)).Select(member => member.Unit.Node.Name)
                    .Distinct()];
            if (others.Length > 0)
            {
                Console.WriteLine(
                    $"only this node's units are crawled: on {string.Join(", ", others)} too, kadalu-fsd pool heal " +
                    $"start {pool}{(parsed.GetValue(full) ? " --full" : "")}");
            }

            return (int)ExitCode.Success;
        }, full, json);
    }

    private static Command CreateStatistics()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        return PoolCommand.WithPool(
            "statistics", "Show the latest crawls of this node's self-heal daemon. Only mirrors keep account of them.",
            async (parsed, pool, _) =>
        {
            Pool started = Started(parsed, pool);
            if (started.Groups[0].Kind == GroupKind.Disperse)
            {
                throw new CommandException(
                    ExitCode.PoolRefused, $"{pool} is no mirror: cluster/disperse keeps no account of its heals");
            }

            NodeServices services = Services(parsed);
            HealCrawl[] crawls = await services.Healing.GetCrawlsAsync(started);
            if (parsed.GetValue(json))
            {
                Console.Write(JsonSerializer.Serialize(crawls, PoolJson.Default.HealCrawlArray) + "\n");
                return (int)ExitCode.Success;
            }

            Func<string, string> addressOf = await AddressesAsync(services, started);
            Console.Write(PlainText.Table(
                ["UNIT", "SEARCH", "BEGUN", "ENDED", "HEALED", "SPLIT-BRAIN", "NOT HEALED YET"],
                crawls.Select(crawl => new[]
                {
                    addressOf(crawl.Unit), crawl.IsFull ? "full" : "index", PlainText.Time(crawl.Begun),
                    crawl.Ended is { } end ? PlainText.Time(end) : "-", PlainText.Number(crawl.Healed),
                    PlainText.Number(crawl.SplitBrain), PlainText.Number(crawl.Failed),
                })));
            return (int)ExitCode.Success;
        }, json);
    }

    // The daemon's translators name units by their volumes.
    private static async Task<Func<string, string>> AddressesAsync(NodeServices services, Pool pool)
    {
        HealDaemonStatus? status = await services.AskHealDaemonAsync(pool);
        return volume => status?.HealedUnits.FirstOrDefault(unit => unit.Volume == volume)?.Address ?? volume;
    }

    private static Command CreateCheck()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        return PoolCommand.WithPool(
            "check",
            "Compare the directory entries of units: finds differences that no index knows of. `heal start --full` brings back " +
            "what is missing.", async (parsed, pool, _) =>
        {
            CopyReport report = await Services(parsed).Healing.CheckCopiesAsync(Started(parsed, pool));
            Console.Write(
                parsed.GetValue(json)
                    ? JsonSerializer.Serialize(report, PoolJson.Default.CopyReport) + "\n"
                    : HealText.Describe(report));
            return (int)(report.DifferenceCount > 0 || report.Failure is not null ? ExitCode.PeerRefused
                : report.Unreachable.Length > 0 ? ExitCode.PeerUnreachable
                : ExitCode.Success);
        }, json);
    }

    private static Pool Started(ParseResult parsed, string pool) => PoolCommand.GetStarted(PoolCommand.Open(parsed).Store, pool);

    private static NodeServices Services(ParseResult parsed) => new(PoolCommand.Open(parsed).Paths);

    private static Command CreateResolve()
    {
        var file =
            new Argument<string?>("FILE")
            {
                Arity = ArgumentArity.ZeroOrOne,
                Description = "The file, as a path from the top of the pool, such as /dir/file; without it all files (--source)."
            };
        var source = new Option<string?>("--source") { HelpName = "NODE:PATH", Description = "The copy of this unit is right." };
        var latest = new Option<bool>("--latest-mtime") { Description = "The copy that was changed last is right." };
        var bigger = new Option<bool>("--bigger-file") { Description = "The biggest copy is right." };
        return PoolCommand.WithPool(
            "resolve", "Resolve split-brain: choose the right copy; the others become equal to it.", async (parsed, pool, _) =>
        {
            (string? path, string? unit) = (parsed.GetValue(file), parsed.GetValue(source));
            SplitBrainPolicy policy = (unit is not null, parsed.GetValue(latest), parsed.GetValue(bigger)) switch
            {
                (true, false, false) => SplitBrainPolicy.Source,
                (false, true, false) => SplitBrainPolicy.LatestMtime,
                (false, false, true) => SplitBrainPolicy.BiggerFile,
                _ => throw new CommandException(ExitCode.Usage, "say one of --source NODE:PATH, --latest-mtime, --bigger-file"),
            };
            if (path is null && policy != SplitBrainPolicy.Source)
            {
                throw new CommandException(ExitCode.Usage, "say which FILE; only --source may be for all");
            }

            Console.WriteLine(
                await Open(parsed).ResolveAsync(Started(parsed, pool), policy, unit, path, CancellationToken.None));
            return (int)ExitCode.Success;
        }, file, source, latest, bigger);
    }
}
