using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using KadaluFsd.Contract;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool create</c>.</summary>
internal static class PoolCreateCommand
{
    internal static Command Create()
    {
        var words = new Argument<string[]>("WORDS")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description =
                "Units, NODE:[PORT:]PATH, with keywords: mirror, replica, arbiter, data, redundancy, disperse, tiebreaker. A " +
                "keyword with a number sets the size of groups; one without says what the units behind it are.",
        };
        var definition = new Option<string?>("--definition")
        {
            HelpName = "FILE",
            Description = "The pool as JSON, instead of words; the same file on each of its nodes."
        };
        var distribute = new Option<bool>("--distribute") { Description = "Do not ask for confirmation of several groups." };
        var mode = new Option<string?>("--mode") { HelpName = "script", Description = "Do not ask for confirmation." };
        mode.AcceptOnlyFromAmong("script");
        var sameNode = new Option<bool>("--same-node")
        {
            Description = "Allow several units of a group on one node. They are lost together."
        };
        var onRoot = new Option<bool>("--root-partition") { Description = "Allow units in the root file system." };
        var port = new Option<string?>("--pool-port")
        {
            HelpName = "N",
            Description =
                "TCP port for volfiles, the same on every node of the pool (default: one that is free here, from 24100 on)."
        };
        var adopt =
            new Option<bool>(
                "--adopt")
            {
                Description =
                    "This node's directories join their pool again and are healed from its other units. Without --definition " +
                    "the pool takes its id from them."
            };
        var restore = new Option<bool>("--restore")
        {
            Description = "The pool was deleted on all its nodes: its directories come back with everything as it is."
        };
        var discard = new Option<bool>("--discard") { Description = "Move aside what is in the directories." };
        var noStart = new Option<bool>("--no-start") { Description = "Do not start its units." };
        return PoolCommand.WithPool("create", "Create a pool, and start its units on this node.", async (parsed, name, _) =>
        {
            Pool pool = Read(name, parsed.GetValue(words) ?? [], parsed.GetValue(definition), PoolCommand.Open(parsed).Node);
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
                pool = pool with { Id = new PoolDirectories(pool, PoolCommand.Open(parsed).Node).FindOwner() ?? pool.Id };
            }

            pool = parsed.GetValue(port) is { } number ? pool with { Port = ParsePort(number) } : pool;
            // All nodes need the same credentials and port: a definition for several nodes has its own, or the pool has none.
            bool isForSeveral = parsed.GetValue(definition) is not null &&
                PoolCommand.Open(parsed).Node.UnitsOf(pool).Count() < pool.Units.Count();
            pool = pool with { Credentials = pool.Credentials ?? (isForSeveral ? null : PoolCredentials.Create()) };
            if (pool.Groups.Length > 1 && !parsed.GetValue(distribute) && parsed.GetValue(mode) != "script" &&
                !AskForGroups(pool))
            {
                return (int)ExitCode.PoolRefused;
            }

            PoolManager manager = PoolCommand.Manage(parsed);
            await manager.CreateAsync(
                pool,
                new CreationTerms(
                    parsed.GetValue(sameNode), parsed.GetValue(onRoot), existing, MayChoosePort: !isForSeveral));
            if (!parsed.GetValue(noStart))
            {
                await manager.StartAsync(name, isNew: true);
            }

            (PoolPaths paths, PoolStore store, ThisNode node) = PoolCommand.Open(parsed);
            Pool made = store.Get(name).Pool;
            if (node.UnitsOf(made).Count() < made.Units.Count())
            {
                Console.WriteLine(parsed.GetValue(definition) is { } file
                    ? $"its other nodes do not know of it: kadalu-fsd pool create {name} --definition FILE on each of them, " +
                        $"with the same file, {file}"
                    : $"take {paths.Definition(name)} to its other nodes: kadalu-fsd pool create {name} --definition FILE");
            }

            Console.WriteLine($"pool {name} is {(parsed.GetValue(noStart) ? "created" : "started")}");
            var lines = new ClientLines(made);
            Console.WriteLine($"clients mount it with: {lines.Mount}");
            Console.WriteLine(
                $"its volfile servers are {string.Join(", ", lines.Addresses)}; pool connect {name} has lines for other clients");
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
                throw new CommandException(ExitCode.Usage, $"\"{words[0]}\" beside --definition: use one of the two");
            }

            Pool pool = StoredPool.ReadDefinition(BoundedFile.Read(definition, PoolDocument.MaxLength));
            if (pool.Units.FirstOrDefault(member => member.Unit.Port == 0) is { } without &&
                node.UnitsOf(pool).Count() < pool.Units.Count())
            {
                throw new CommandException(
                    ExitCode.Usage, $"{definition}: {without.Unit.Address} has no port: each node would give it another one");
            }

            return pool.Name == name
                ? pool
                : throw new CommandException(ExitCode.Usage, $"{definition} is of the pool \"{pool.Name}\", not \"{name}\"");
        }
        catch (PoolException exception)
        {
            throw new CommandException(ExitCode.Usage, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, SystemRefusal.Describe(exception, definition));
        }
    }

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw new CommandException(ExitCode.Usage, $"--pool-port: \"{text}\" is not a whole number from 1 to 65535");

    private static bool AskForGroups(Pool pool)
    {
        string question =
            $"This pool has {pool.Groups.Length} groups: each file lies in one of them only, and a group that is lost takes " +
            "its files with it.";
        if (Console.IsInputRedirected)
        {
            throw new CommandException(ExitCode.Usage, $"{question} Confirm with --distribute (or --mode=script)");
        }

        Console.Write($"{question}\nGo on? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
