using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool</c>: pools of the cluster, on all of their nodes.</summary>
internal static class PoolCommand
{
    internal static Command Create() => new("pool", "Create, run and change storage pools.")
    {
        PoolCreateCommand.Create(),
        PoolImportCommand.Create(),
        PoolListCommand.Create(),
        PoolInfoCommand.Create(),
        PoolStatusCommand.Create(),
        PoolOptionCommands.CreateGet(),
        PoolOptionCommands.CreateSet(),
        PoolOptionCommands.CreateReset(),
        PoolRunCommands.CreateStart(),
        PoolRunCommands.CreateStop(),
        PoolRunCommands.CreateRestart(),
        PoolRenameCommand.Create(),
        CreateDelete(),
        CreateAdopt(),
        PoolConnectCommand.Create(),
        PoolMountCommand.Create(),
        PoolVolfileCommand.Create(),
        PoolScrubCommand.Create(),
        PoolExportCommand.CreateExport(),
        PoolExportCommand.CreateUnexport(),
    };

    /// <summary>Where the manager is asked about a pool.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="what">What is behind it; empty for what is known of it.</param>
    internal static string PathOf(string pool, string what = "") =>
        $"{ManagerPaths.Pools}/{ManagerAccess.Escape(pool)}{what}";

    /// <summary>Builds a command on one pool.</summary>
    internal static Command WithPool(
        string name, string description, Func<ParseResult, string, CancellationToken, Task<int>> run, params Symbol[] more)
    {
        var pool = new Argument<string>("POOL") { Description = "The pool's name." };
        var command = new Command(name, description) { pool };
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

        command.SetAction((parsed, cancellation) => run(parsed, parsed.GetValue(pool)!, cancellation));
        return command;
    }

    /// <summary>Has a task done, and says so.</summary>
    internal static async Task<int> OrderAsync(
        ParseResult parsed, PoolOrder order, string done, CancellationToken cancellation)
    {
        order = order with { IsOfflineOk = parsed.GetValue(CommonOptions.OfflineOk) };
        if (parsed.GetValue(CommonOptions.DryRun))
        {
            return await PlanAsync(parsed, order, cancellation);
        }

        int code = await TaskCommand.RunAsync(parsed, order, cancellation);
        if (!parsed.GetValue(CommonOptions.Json))
        {
            Terminal.Line(done);
        }

        return code;
    }

    /// <summary>Asks what an order would do.</summary>
    /// <exception cref="CommandException">It cannot be done at all; says why.</exception>
    internal static Task<(string Text, PlanInfo Plan)> AskPlanAsync(PoolOrder order, CancellationToken cancellation) =>
        ManagerAccess.SendAsync(
            ManagerPaths.Plans, order, CommandJson.Default.PoolOrder, CommandJson.Default.PlanInfo, cancellation);

    private static async Task<int> PlanAsync(ParseResult parsed, PoolOrder order, CancellationToken cancellation)
    {
        (string text, PlanInfo plan) = await AskPlanAsync(order, cancellation);
        if (parsed.GetValue(CommonOptions.Json))
        {
            JsonOutput.Write(text);
            return plan.Code;
        }

        Show(plan);
        return plan.Code;
    }

    /// <summary>Says for people what an order would do.</summary>
    internal static void Show(PlanInfo plan)
    {
        Terminal.Line($"{plan.What} would do, and nothing was done:");
        foreach (PlannedNode node in plan.Nodes)
        {
            IEnumerable<string> lines = node.Problem is { } problem ? [$"not possible: {problem}"] : node.Lines;
            foreach (string line in lines)
            {
                Terminal.Line($"  {node.Name}: {line}");
            }
        }
    }

    /// <summary>The argument of a command that is about one pool, or all.</summary>
    internal static Argument<string?> CreateOptionalName() => new("POOL")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "The pool's name; all pools where none is given.",
    };

    /// <summary>The pools that a command is about.</summary>
    /// <param name="name">The one that is given; null for all of the cluster.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal static async Task<string[]> FindNamesAsync(string? name, CancellationToken cancellation) => name is not null ? [name]
        : [.. (await ManagerAccess.ReadAsync(ManagerPaths.Pools, CommandJson.Default.PoolSummaryArray, cancellation))
            .Select(pool => pool.Name)];

    /// <summary>Asks what the manager knows of a pool.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    internal static async Task<(string Text, PoolInfo Pool)> GetAsync(string name, CancellationToken cancellation)
    {
        (string text, PoolInfo[] pools) = await ManagerAccess.GetAsync(
            PathOf(name), CommandJson.Default.PoolInfoArray, cancellation);
        return (text, pools[0]);
    }

    private static Command CreateAdopt()
    {
        var from = new Option<string>("--from")
        {
            HelpName = "NODE",
            Description = "The node whose definition all of its nodes get.",
            Required = true,
        };
        return WithPool(
            "adopt",
            "Take over a pool whose nodes had it before they joined, with different definitions, or know more of it than the manager.",
            async (parsed, name, cancellation) =>
            {
                string node = parsed.GetValue(from)!;
                CommonOptions.Confirm(parsed, $"All nodes of {name} get the definition that {node} has.");
                (string text, _) = await ManagerAccess.SendAsync(
                    PathOf(name, "/adopt"), new AdoptOrder(node),
                    CommandJson.Default.AdoptOrder, CommandJson.Default.PoolInfoArray, cancellation);
                return CommonOptions.Show(parsed, text, () =>
                {
                    Terminal.Line($"pool {name} is the cluster's; its nodes are told (kadalu task list)");
                });
            },
            from);
    }

    private static Command CreateDelete() => WithPool(
        "delete", "Delete a stopped pool. Its files stay where they are, on each of its units.", (parsed, name, cancellation) =>
        {
            CommonOptions.Confirm(parsed, $"{name} is deleted: what makes it a pool is gone then, and its files stay.");
            return OrderAsync(parsed, new DeleteOrder(name), $"pool {name} is deleted", cancellation);
        },
        CommonOptions.OfflineOk, CommonOptions.DryRun);
}
