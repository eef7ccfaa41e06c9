using System.Collections.Immutable;
using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Native;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Options;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool</c>: the pools of this node.</summary>
internal static class PoolCommand
{
    private static readonly Option<string?> s_node =
        new("--node")
        {
            HelpName = "NAME",
            Description = "This node's name in pools (default the one that it was given by create, or its host name)."
        };

    internal static Command Create()
    {
        var pool = new Command("pool", "Create, run and change the pools of this node.")
        {
            PoolCreateCommand.Create(),
            CreateStart(),
            ForPool("stop", "Stop a pool's units on this node, and its self-heal daemon.", (manager, name) =>
                manager.StopAsync(name)),
            ForPool(
                "delete", "Delete a stopped pool. Its files stay where they are.", (manager, name) => manager.DeleteAsync(name)),
            CreateSet(),
            CreateReset(),
            PoolReplaceCommand.Create(Replace),
            PoolStatusCommand.Create(s_node),
            PoolMountCommand.Create(s_node),
            PoolConnectCommand.Create(),
            PoolExportCommand.Create(),
            PoolHealCommand.Create(),
            PoolVolfileCommand.Create(),
        };
        return pool;
    }

    /// <summary>The pools of this node.</summary>
    internal static (PoolPaths Paths, PoolStore Store, ThisNode Node) Open(ParseResult parsed) =>
        OpenNode(parsed.GetValue(s_node));

    /// <summary>The pools of this node.</summary>
    /// <param name="name">Its name in pools; null for the stored one.</param>
    internal static (PoolPaths Paths, PoolStore Store, ThisNode Node) OpenNode(string? name)
    {
        var paths = PoolPaths.OfEnvironment();
        var store = new PoolStore(paths);
        return (paths, store, new ThisNode(name, paths.Node.FindName(), paths.Node.FindId()));
    }

    /// <summary>Finds a started pool.</summary>
    /// <exception cref="CommandException">There is none, or it is not started.</exception>
    internal static Pool GetStarted(PoolStore store, string name) => store.Get(name) is { State: PoolState.Started } stored
        ? stored.Pool : throw new CommandException(
            ExitCode.PoolRefused, $"the pool \"{name}\" is not started (kadalu-fsd pool start {name})");

    /// <summary>Builds a command on one pool.</summary>
    internal static Command WithPool(
        string name, string description, Func<ParseResult, string, CancellationToken, Task<int>> run, params Symbol[] more)
    {
        var pool = new Argument<string>("POOL") { Description = "The pool's name." };
        var command = new Command(name, description) { pool, s_node };
        foreach (Symbol symbol in more)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        command.SetAction((parsed, cancellation) => GuardAsync(() => run(parsed, parsed.GetValue(pool)!, cancellation)));
        return command;
    }

    /// <summary>Reports errors of the system in one line.</summary>
    /// <param name="run">The action.</param>
    /// <exception cref="CommandException">It does.</exception>
    internal static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (SystemRefusal.Is(exception))
        {
            throw SystemRefusal.From(exception);
        }
    }

    /// <summary>Loads GlusterFS's library, for volfiles and heal information.</summary>
    /// <param name="paths">The paths.</param>
    /// <exception cref="CommandException">GlusterFS is missing, or another version.</exception>
    internal static (PoolVolfiles Volfiles, PoolHeal Heal) LoadLibrary(PoolPaths paths, ThisNode node)
    {
        GlusterLibrary library = GraphStarter.LoadLibrary();
        var volfiles = new PoolVolfiles(paths, library.HasTranslator);
        return (volfiles, new PoolHeal(volfiles, library.TranslatorDirectory, node));
    }

    /// <summary>The commands on this node's pools.</summary>
    /// <exception cref="CommandException">GlusterFS is missing, or another version.</exception>
    internal static PoolManager Manage(ParseResult parsed) => Manage(parsed.GetValue(s_node), Console.WriteLine);

    /// <summary>The commands on this node's pools.</summary>
    /// <param name="name">Its name in pools; null for the stored one.</param>
    /// <param name="say">Gets progress, a line each.</param>
    /// <param name="isOfCluster">See <see cref="PoolManager"/>.</param>
    /// <exception cref="CommandException">GlusterFS is missing, or another version.</exception>
    internal static PoolManager Manage(string? name, Action<string> say, bool isOfCluster = false)
    {
        (PoolPaths paths, PoolStore store, ThisNode node) = OpenNode(name);
        (PoolVolfiles volfiles, PoolHeal heal) = LoadLibrary(paths, node);
        return new PoolManager(
            paths, store, volfiles, PoolSettings.CreateOptions(), new NodeServices(paths), heal,
            new PoolExports(paths, say), node, say, isOfCluster);
    }

    private static UnitReplacement Replace(ParseResult parsed)
    {
        (PoolPaths paths, PoolStore store, ThisNode node) = Open(parsed);
        (PoolVolfiles volfiles, PoolHeal heal) = LoadLibrary(paths, node);
        var services = new NodeServices(paths);
        var exports = new PoolExports(paths, Console.WriteLine);
        return new UnitReplacement(
            store, new PoolRecovery(store, volfiles, services, exports, node, Console.WriteLine),
            new UnitRejoin(store, volfiles, services, paths, node, Console.WriteLine),
            services, heal, node, Console.WriteLine);
    }

    private static Command ForPool(string name, string description, Func<PoolManager, string, Task> run) =>
        WithPool(name, description, async (parsed, pool, _) =>
        {
            await run(Manage(parsed), pool);
            return (int)ExitCode.Success;
        });

    private static Command CreateStart()
    {
        var distribute = new Option<bool>("--distribute-layer")
        {
            Description =
                "Add cluster/distribute to the graph of clients, as new pools of one group have it: without it a second " +
                "group would hide directories. The pool must be stopped; repeat this on each node.",
        };
        Option<bool> yes = CreateYes();
        return WithPool("start", "Start a pool's units on this node, and its self-heal daemon.", async (parsed, name, _) =>
        {
            await Manage(parsed).StartAsync(name, parsed.GetValue(distribute), mayDisturbExports: parsed.GetValue(yes));
            return (int)ExitCode.Success;
        }, distribute, yes);
    }

    private static Command CreateSet()
    {
        var pairs = new Argument<string[]>("OPTION VALUE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Options with their values."
        };
        (Option<bool> restart, Option<bool> yes) = (CreateRestart(), CreateYes());
        return WithPool("set", "Set options of a pool; mounts and running units take what they can.", async (parsed, name, _) =>
        {
            Pool pool = Open(parsed).Store.Get(name).Pool;
            KeyValuePair<string, string>[] wanted = ReadPairs(pool, parsed.GetValue(pairs)!);
            await Manage(parsed).ChangeAsync(
                name, old => old with { Options = old.Options.SetItems(wanted) }, ReadTerms(parsed, restart, yes));
            return (int)ExitCode.Success;
        }, pairs, restart, yes);
    }

    private static KeyValuePair<string, string>[] ReadPairs(Pool pool, string[] given)
    {
        if (given.FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal)) is { } flag)
        {
            throw new CommandException(ExitCode.Usage, $"there is no flag {flag}");
        }

        if (given.Length % 2 != 0)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{given[^1]} has no value" +
                (given[^1].Contains('=', StringComparison.Ordinal) ? ": OPTION VALUE, with a blank" : ""));
        }

        KeyValuePair<string, string>[] pairs =
            [.. given.Chunk(2).Select(pair => KeyValuePair.Create(PoolOptions.Canonical(pool, pair[0]), pair[1]))];
        return pairs.GroupBy(pair => pair.Key).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new CommandException(ExitCode.Usage, $"{twice.Key} is there twice")
            : pairs;
    }

    private static Command CreateReset()
    {
        var names = new Argument<string[]>("OPTION")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "The options; all where none is given."
        };
        (Option<bool> restart, Option<bool> yes) = (CreateRestart(), CreateYes());
        return WithPool("reset", "Set options of a pool back to their defaults.", async (parsed, name, _) =>
        {
            Pool pool = Open(parsed).Store.Get(name).Pool;
            string[] given = [.. (parsed.GetValue(names) ?? []).Select(option => PoolOptions.Canonical(pool, option))];
            PoolChecks.ThrowIfAny(
                [.. given.Where(option => !pool.Options.ContainsKey(option)).Select(option => PoolOptions.CheckName(pool, option))
                    .OfType<string>()]);
            string[] were = [];
            await Manage(parsed).ChangeAsync(name, old =>
            {
                were = [.. old.Options.Keys.Where(option => given.Length == 0 || given.Contains(option))];
                return old with { Options = old.Options.RemoveRange(were) };
            }, ReadTerms(parsed, restart, yes));
            string[] unset = [.. given.Except(were)];
            string reset = were.Length > 0 ? $"{string.Join(", ", were)}: set back to the default" : "nothing was set";
            Console.WriteLine(were.Length > 0 && unset.Length > 0 ? $"{reset}; {string.Join(", ", unset)}: not set" : reset);
            return (int)ExitCode.Success;
        }, names, restart, yes);
    }

    private static ChangeTerms ReadTerms(ParseResult parsed, Option<bool> restart, Option<bool> yes) =>
        new(parsed.GetValue(restart), parsed.GetValue(yes));

    private static Option<bool> CreateYes() => new("--yes")
    {
        Description =
            "Although NFS-Ganesha exports the pool, let layers of clients come and go, when open files lose writes, and let it " +
            "lose the alias at which it fetches the volfile.",
    };

    private static Option<bool> CreateRestart() => new("--restart")
    {
        Description =
            "Restart units that do not take an option while they run: one after the other, waiting for heals, or all of this " +
            "node's together where TLS is switched on or off.",
    };
}
