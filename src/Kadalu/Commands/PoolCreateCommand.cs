using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool create</c>.</summary>
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
            Description = "The pool as JSON, instead of words.",
        };
        var distribute = new Option<bool>("--distribute") { Description = "Do not ask for confirmation of several groups." };
        Option<bool> sameNode = NewPoolOptions.CreateSameNode();
        Option<bool> onRoot = NewPoolOptions.CreateOnRoot();
        Option<int?> port = NewPoolOptions.CreatePort();
        var discard = new Option<bool>("--discard") { Description = "Move aside what is in the directories." };
        var adopt = new Option<bool>("--adopt")
        {
            Description =
                "The directories join their pool again; those whose group has units on other nodes are healed from these. " +
                "Without --definition the pool takes its id from them.",
        };
        var restore = new Option<bool>("--restore")
        {
            Description =
                "The pool was deleted on all of its nodes, or they have lost its definition: its directories come back with " +
                "everything as it is. Without --definition the pool takes its id from them.",
        };
        var addNodes = new Option<bool>("--auto-add-nodes")
        {
            Description = "Let nodes of its units into the cluster that are not in it, as kadalu node add does.",
        };
        Option<string?> allow = NewPoolOptions.CreateAllow();
        Option<bool> noStart = NewPoolOptions.CreateNoStart();
        async Task<int> RunAsync(ParseResult parsed, string name, CancellationToken cancellation)
        {
            string existing = Choose(parsed.GetValue(adopt), parsed.GetValue(discard), parsed.GetValue(restore));
            Pool pool = Read(name, parsed.GetValue(words) ?? [], parsed.GetValue(definition), existing);
            pool = parsed.GetValue(port) is { } number ? pool with { Port = number } : pool;
            pool = NewPoolOptions.Allow(pool, parsed.GetValue(allow));
            Warn(parsed, pool, parsed.GetValue(distribute));
            if (parsed.GetValue(addNodes) && !parsed.GetValue(CommonOptions.DryRun))
            {
                await NodeAddCommand.AddMissingAsync(
                    pool.Units.Select(member => member.Unit.Node.Name), CommonOptions.IsForProgram(parsed), cancellation);
            }

            int code = await PoolCommand.OrderAsync(
                parsed,
                new CreateOrder(
                    name, PoolDocument.WriteElement(pool),
                    new StepCreationTerms(parsed.GetValue(sameNode), parsed.GetValue(onRoot), existing),
                    Starts: !parsed.GetValue(noStart)),
                string.Create(
                    CultureInfo.InvariantCulture, $"pool {name} is {(parsed.GetValue(noStart) ? "created" : "started")}"),
                cancellation);
            NewPoolOptions.TellWhoMayMount(parsed, pool);
            if (code == 0 && !parsed.GetValue(CommonOptions.Json) && !parsed.GetValue(CommonOptions.DryRun))
            {
                await ShowLinesAsync(name, cancellation);
            }

            return code;
        }

        return PoolCommand.WithPool(
            "create", "Create a pool on all of its nodes, and start it.", RunAsync, words, definition, distribute, sameNode,
            onRoot, port, allow, adopt, discard, restore, addNodes, noStart, CommonOptions.DryRun);
    }

    private static async Task ShowLinesAsync(string name, CancellationToken cancellation)
    {
        (_, PoolInfo info) = await PoolCommand.GetAsync(name, cancellation);
        var lines = new ClientLines(PoolCondition.ReadPool(info.Definition));
        Terminal.Paste(
            $"clients mount it with: {lines.Mount}\nits volfile servers are {string.Join(", ", lines.Addresses)}; kadalu pool " +
            $"connect {name} has lines for other clients\n");
    }

    private static string Choose(bool adopt, bool discard, bool restore) => (adopt, discard, restore) switch
    {
        (false, false, false) => "refuse",
        (true, false, false) => "adopt",
        (false, true, false) => "discard",
        (false, false, true) => "restore",
        _ => throw new CommandException(ExitCode.Usage, "use one of --adopt, --discard and --restore"),
    };

    private static Pool Read(string name, string[] words, string? definition, string existing)
    {
        try
        {
            if (definition is null)
            {
                var here = new PoolNode(NodeFiles.OfEnvironment.FindName() ?? Environment.MachineName);
                (ImmutableArray<DistributeGroup> groups, PoolUnit? breaker) = PoolGrammar.Parse(words, here);

                // Whose the directories are that come back they say themselves.
                Guid id = existing is "adopt" or "restore" ? Guid.Empty : Guid.NewGuid();
                return new Pool(name, id) { Groups = groups, TieBreaker = breaker };
            }

            if (words.Length > 0)
            {
                throw new CommandException(ExitCode.Usage, $"\"{words[0]}\" beside --definition: use one of the two");
            }

            Pool pool = StoredPool.ReadDefinition(BoundedFile.Read(definition, PoolDocument.MaxLength));
            if (pool.Name != name)
            {
                throw new CommandException(ExitCode.Usage, $"{definition} is of the pool \"{pool.Name}\", not \"{name}\"");
            }

            // What a pool cannot have is left out where it is written again, for the manager.
            ImmutableArray<string> problems = PoolRules.Check(pool, mayShareNodes: true);
            return problems.IsEmpty
                ? pool : throw new CommandException(ExitCode.PoolRefused, string.Join("\n  ", problems));
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

    private static void Warn(ParseResult parsed, Pool pool, bool isDistributeMeant)
    {
        if (pool.Groups.Length > 1 && !isDistributeMeant)
        {
            CommonOptions.Confirm(
                parsed,
                $"This pool has {pool.Groups.Length} groups: each file lies in one of them only, and a group that is lost " +
                "takes its files with it.");
        }

        if (pool.TieBreaker is null && pool.Groups.Any(group => group is { Kind: GroupKind.Mirror, Units.Length: 2 }))
        {
            CommonOptions.Confirm(
                parsed,
                "A mirror of two without a tie-breaker gets split-brains: when its units do not see each other, clients go on " +
                "with either of them. A third copy, an arbiter or a tie-breaker prevents that.");
        }
    }
}
