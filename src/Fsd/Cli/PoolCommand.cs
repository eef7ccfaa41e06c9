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
    private static readonly Option<string?> s_node = new("--node") { HelpName = "NAME", Description = "This node's name in pools (default the one that it was given by create, or its host name)." };

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    internal static Command Create()
    {
        var pool = new Command("pool", "Make, run and change the pools of this node.")
        {
            CreateCreate(),
            CreateStart(),
            ForPool("stop", "Stop a pool's units on this node, and its self-heal daemon.", (manager, name) => manager.StopAsync(name)),
            ForPool("delete", "Take a stopped pool away. Files stay where they are.", (manager, name) => manager.DeleteAsync(name)),
            CreateSet(),
            CreateReset(),
            PoolReplaceCommand.Create(Replace),
            PoolStatusCommand.Create(s_node),
            PoolMountCommand.Create(s_node),
            PoolHealCommand.Create(),
            PoolVolfileCommand.Create(),
        };
        return pool;
    }

    /// <summary>What pools are on this node, and where.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>Paths, pools, node.</returns>
    internal static (PoolPaths Paths, PoolStore Store, ThisNode Node) Open(ParseResult parsed)
    {
        var paths = PoolPaths.OfEnvironment();
        var store = new PoolStore(paths);
        return (paths, store, new ThisNode(parsed.GetValue(s_node), store.GetNodeName(), store.GetNodeId()));
    }

    /// <summary>A pool whose units are to run.</summary>
    /// <param name="store">The pools.</param>
    /// <param name="name">The pool's name.</param>
    /// <returns>The pool.</returns>
    /// <exception cref="CommandException">There is none, or it is not started.</exception>
    internal static Pool GetStarted(PoolStore store, string name) => store.Get(name) is { State: PoolState.Started } stored
        ? stored.Pool : throw new CommandException(ExitCode.PoolRefused, $"the pool \"{name}\" is not started (kadalu-fsd pool start {name})");

    /// <summary>A command about one pool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="run">Does it.</param>
    /// <param name="more">What else it takes.</param>
    /// <returns>The command.</returns>
    internal static Command WithPool(string name, string description, Func<ParseResult, string, CancellationToken, Task<int>> run, params Symbol[] more)
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

    /// <summary>Makes a line of what the system refuses.</summary>
    /// <param name="run">What the system may refuse something.</param>
    /// <returns>The exit code.</returns>
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

    /// <summary>What needs GlusterFS's library: volfiles, and what waits for being healed.</summary>
    /// <param name="paths">Where this node's pools are.</param>
    /// <param name="node">This node.</param>
    /// <returns>Both.</returns>
    /// <exception cref="CommandException">GlusterFS is missing, or another version.</exception>
    internal static (PoolVolfiles Volfiles, PoolHeal Heal) LoadLibrary(PoolPaths paths, ThisNode node)
    {
        GlusterLibrary library = HostedGraph.LoadLibrary();
        var volfiles = new PoolVolfiles(paths, library.HasTranslator);
        return (volfiles, new PoolHeal(volfiles, library.TranslatorDirectory, node));
    }

    private static PoolManager Manage(ParseResult parsed)
    {
        (PoolPaths paths, PoolStore store, ThisNode node) = Open(parsed);
        (PoolVolfiles volfiles, PoolHeal heal) = LoadLibrary(paths, node);
        return new PoolManager(paths, store, volfiles, new PoolOptions(TranslatorRules.Of), new NodeServices(paths), heal, node, Console.WriteLine);
    }

    private static UnitReplacement Replace(ParseResult parsed)
    {
        (PoolPaths paths, PoolStore store, ThisNode node) = Open(parsed);
        (PoolVolfiles volfiles, PoolHeal heal) = LoadLibrary(paths, node);
        var services = new NodeServices(paths);
        return new UnitReplacement(
            store, new PoolRecovery(store, volfiles, services, node, Console.WriteLine), new UnitRejoin(store, volfiles, services, paths, node, Console.WriteLine),
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
            Description = "Give clients cluster/distribute, which pools of one group have that are made today: without it a second group would hide directories. Of a stopped pool; say it on each node.",
        };
        return WithPool("start", "Start a pool's units on this node, and its self-heal daemon.", async (parsed, name, _) =>
        {
            await Manage(parsed).StartAsync(name, parsed.GetValue(distribute));
            return (int)ExitCode.Success;
        }, distribute);
    }

    private static Command CreateCreate()
    {
        var words = new Argument<string[]>("WORDS")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "[mirror|replica|arbiter|data|redundancy|disperse|tiebreaker [N]] NODE:[PORT:]PATH ... ; a word with a number says how many make a group, one without says what those behind it are.",
        };
        var definition = new Option<string?>("--definition") { HelpName = "FILE", Description = "The pool as JSON, instead of words; the same file on each of its nodes." };
        var distribute = new Option<bool>("--distribute") { Description = "Do not ask whether several groups are meant." };
        var mode = new Option<string?>("--mode") { HelpName = "script", Description = "Ask nothing." };
        var sameNode = new Option<bool>("--same-node") { Description = "Allow several units of a group on one node. They are lost together." };
        var onRoot = new Option<bool>("--root-partition") { Description = "Allow units in the root file system." };
        var port = new Option<int>("--pool-port") { HelpName = "N", Description = "TCP port for volfiles, the same on every node of the pool (default none)." };
        var adopt = new Option<bool>("--adopt") { Description = "This node's directories join their pool again, and are healed from its other units; without --definition the pool takes the id that they have." };
        var restore = new Option<bool>("--restore") { Description = "The pool was deleted on all its nodes: its directories come back with everything as it is." };
        var discard = new Option<bool>("--discard") { Description = "Move aside what is in the directories." };
        var noStart = new Option<bool>("--no-start") { Description = "Do not start its units." };
        return WithPool("create", "Make a pool and start its units on this node.", async (parsed, name, _) =>
        {
            Pool pool = Read(name, parsed.GetValue(words) ?? [], parsed.GetValue(definition), Open(parsed).Node);
            ExistingContents existing = (parsed.GetValue(adopt), parsed.GetValue(restore), parsed.GetValue(discard)) switch
            {
                (false, false, false) => ExistingContents.Refuse,
                (true, false, false) => ExistingContents.Adopt,
                (false, true, false) => ExistingContents.Restore,
                (false, false, true) => ExistingContents.Discard,
                _ => throw new CommandException(ExitCode.Usage, "say one of --adopt, --restore, --discard"),
            };
            if (existing is ExistingContents.Adopt or ExistingContents.Restore && parsed.GetValue(definition) is null)
            {
                pool = pool with { Id = new PoolDirectories(pool, Open(parsed).Node).FindOwner() ?? pool.Id };
            }

            pool = parsed.GetValue(port) is > 0 and int number ? pool with { Port = number } : pool;
            pool = pool with { Credentials = pool.Credentials ?? CreateCredentials(pool, parsed.GetValue(definition), Open(parsed).Node) };
            if (pool.Groups.Length > 1 && !parsed.GetValue(distribute) && parsed.GetValue(mode) != "script" && !AskForGroups(pool))
            {
                return (int)ExitCode.PoolRefused;
            }

            PoolManager manager = Manage(parsed);
            await manager.CreateAsync(pool, parsed.GetValue(sameNode), parsed.GetValue(onRoot), existing);
            if (!parsed.GetValue(noStart))
            {
                await manager.StartAsync(name, isNew: true);
            }

            (PoolPaths paths, PoolStore store, ThisNode node) = Open(parsed);
            if (store.Get(name).Pool is var made && node.UnitsOf(made).Count() < made.Units.Count())
            {
                Console.WriteLine(parsed.GetValue(definition) is { } file
                    ? $"its other nodes do not know of it: kadalu-fsd pool create {name} --definition FILE on each of them, with the same file, {file}"
                    : $"take {paths.Definition(name)} to its other nodes: kadalu-fsd pool create {name} --definition FILE");
            }

            Console.WriteLine($"pool {name} is {(parsed.GetValue(noStart) ? "created" : "started")}");
            return (int)ExitCode.Success;
        }, words, definition, distribute, mode, sameNode, onRoot, adopt, restore, discard, port, noStart);
    }

    private static Pool Read(string name, string[] words, string? definition, ThisNode node)
    {
        try
        {
            if (definition is null)
            {
                (ImmutableArray<DistributeGroup> groups, PoolUnit? breaker) = PoolGrammar.Parse(words, node.Node);
                return new Pool(name, Guid.NewGuid()) { Groups = groups, TieBreaker = breaker };
            }

            if (words.Length > 0)
            {
                throw new CommandException(ExitCode.Usage, $"\"{words[0]}\" beside --definition: say it one way");
            }

            Pool pool = StoredPool.ReadDefinition(ReadBounded(definition));
            if (pool.Units.FirstOrDefault(member => member.Unit.Port == 0) is { } without && node.UnitsOf(pool).Count() < pool.Units.Count())
            {
                throw new CommandException(ExitCode.Usage, $"{definition}: {without.Unit.Address} has no port: each node would give it another one");
            }

            return pool.Name == name ? pool : throw new CommandException(ExitCode.Usage, $"{definition} is of the pool \"{pool.Name}\", not \"{name}\"");
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.Usage, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"{definition}: {exception.Message}");
        }
    }

    // One byte more than is allowed is enough to be refused; it may be a pipe.
    private static byte[] ReadBounded(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] bytes = new byte[PoolDocument.MaxLength + 1];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    // All nodes must have the same: a definition that goes to several of them brings its own, or the pool has none.
    private static PoolCredentials? CreateCredentials(Pool pool, string? definition, ThisNode node) =>
        definition is null || node.UnitsOf(pool).Count() == pool.Units.Count() ? PoolCredentials.Create() : null;

    private static bool AskForGroups(Pool pool)
    {
        string question = $"This pool has {pool.Groups.Length} groups: each file lies in one of them only, and a group that is lost takes its files with it.";
        if (Console.IsInputRedirected)
        {
            throw new CommandException(ExitCode.Usage, $"{question} Say --distribute if that is meant (or --mode=script)");
        }

        Console.Write($"{question}\nGo on? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static Command CreateSet()
    {
        var pairs = new Argument<string[]>("OPTION VALUE") { Arity = ArgumentArity.OneOrMore, Description = "Options with their values." };
        Option<bool> restart = CreateRestart();
        return WithPool("set", "Set options of a pool, in its mounts and running units too.", async (parsed, name, _) =>
        {
            string[] given = parsed.GetValue(pairs)!;
            if (given.Length % 2 != 0)
            {
                throw new CommandException(ExitCode.Usage, $"{given[^1]} has no value");
            }

            await Manage(parsed).ChangeOptionsAsync(name, options => options.SetItems(given.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))), parsed.GetValue(restart));
            return (int)ExitCode.Success;
        }, pairs, restart);
    }

    private static Command CreateReset()
    {
        var names = new Argument<string[]>("OPTION") { Arity = ArgumentArity.ZeroOrMore, Description = "The options; all where none is given." };
        Option<bool> restart = CreateRestart();
        return WithPool("reset", "Set options of a pool back to their defaults.", async (parsed, name, _) =>
        {
            string[] given = parsed.GetValue(names) ?? [];
            Pool pool = Open(parsed).Store.Get(name).Pool;
            PoolChecks.Refuse([.. given.Where(option => !pool.Options.ContainsKey(option)).Select(option => PoolOptions.CheckName(pool, option)).OfType<string>()]);
            string[] were = [];
            await Manage(parsed).ChangeOptionsAsync(name, options =>
            {
                were = [.. options.Keys.Where(option => given.Length == 0 || given.Contains(option))];
                return options.RemoveRange(were);
            }, parsed.GetValue(restart));
            string[] unset = [.. given.Except(were)];
            Console.WriteLine(
                $"{(were.Length > 0 ? $"{string.Join(", ", were)}: as by default again" : "nothing was set")}{(were.Length > 0 && unset.Length > 0 ? $"; {string.Join(", ", unset)}: not set" : "")}");
            return (int)ExitCode.Success;
        }, names, restart);
    }

    private static Option<bool> CreateRestart() => new("--restart")
    {
        Description = "Start units anew that do not take an option while they run, one after the other, waiting for heals; all of this node's together where connections become encrypted or plain.",
    };
}
