using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu node drain</c> and <c>resume</c>: a node whose machine is about to be worked on.</summary>
internal static class NodeDrainCommand
{
    /// <summary>Builds <c>kadalu node drain</c>.</summary>
    internal static Command CreateDrain()
    {
        Argument<string> name = CreateName();
        var command = new Command(
            "drain",
            "Stop the units of a node, such as before its machine is worked on: each pool's when nothing has to be healed from " +
            "them. Pools stay started, and the units stay stopped until kadalu node resume.") { name, CommonOptions.DryRun };
        command.SetAction(async (parsed, cancellation) =>
        {
            string node = parsed.GetValue(name)!;
            (PoolCondition Pool, string Name)[] pools = await FindPoolsAsync(node, cancellation);
            DrainedPool[] plan = [.. pools.Select(pool => Plan(pool.Pool, pool.Name))];
            if (parsed.GetValue(CommonOptions.DryRun))
            {
                return Show(parsed, node, plan);
            }

            string[] lost = [.. plan.SelectMany(pool => pool.Unusable.Select(problem => $"{pool.Pool}: {problem}"))];
            if (lost.Length > 0)
            {
                CommonOptions.Confirm(
                    parsed, $"Without {node}, clients cannot use all of their files: {string.Join("; ", lost)}.");
            }

            foreach (DrainedPool pool in plan)
            {
                await TaskCommand.FinishAsync(new DrainOrder(pool.Pool, node), IsJson(parsed), cancellation);
            }

            return Show(parsed, node, plan);
        });
        return command;
    }

    /// <summary>Builds <c>kadalu node resume</c>.</summary>
    internal static Command CreateResume()
    {
        Argument<string> name = CreateName();
        var command = new Command(
            "resume", "Start the units of a node that was drained. What they have missed is healed.") { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            string node = parsed.GetValue(name)!;
            (PoolCondition Pool, string Name)[] pools = await FindPoolsAsync(node, cancellation);
            foreach ((PoolCondition pool, _) in pools)
            {
                await TaskCommand.FinishAsync(new ResumeOrder(pool.Info.Name, node), IsJson(parsed), cancellation);
            }

            DrainedPool[] resumed =
            [
                .. pools.Select(each => new DrainedPool(each.Pool.Info.Name, UnitsOn(each.Pool, each.Name), [], [])),
            ];
            return CommonOptions.Show(parsed, Write(resumed), () =>
            {
                Terminal.Line($"{node}: {Count(resumed)} run; kadalu heal status says what they miss");
            });
        });
        return command;
    }

    private static Argument<string> CreateName() => new("NODE") { Description = "The node's name." };

    // Those that are started, with what each calls the node: nothing of the others runs.
    private static async Task<(PoolCondition Pool, string Name)[]> FindPoolsAsync(string name, CancellationToken cancellation)
    {
        NodeInfo[] all = await ManagerAccess.ReadAsync(ManagerPaths.Nodes, CommandJson.Default.NodeInfoArray, cancellation);
        NodeInfo node = all.FirstOrDefault(node => node.Name == name) ?? throw new CommandException(
            ExitCode.PoolRefused,
            $"there is no node \"{name}\" in the cluster; there are {string.Join(", ", all.Select(other => other.Name))}");
        PoolCondition[][] pools = await Task.WhenAll(
            node.Pools.Select(pool => PoolStatusCommand.AskAsync(pool, cancellation)));
        return
        [
            .. pools.SelectMany(pool => pool).Where(pool => pool.Info.State == "started").Select(pool =>
                (pool, node.OtherNames.FirstOrDefault(other => other.Pool == pool.Info.Name)?.Name ?? name)),
        ];
    }

    private static string[] UnitsOn(PoolCondition pool, string node) =>
        [.. pool.Units.Where(unit => unit.Node == node).Select(unit => unit.Address)];

    // Units that are down already count as well.
    private static DrainedPool Plan(PoolCondition pool, string node)
    {
        PoolUnitStatus[] without =
            [.. pool.Units.Select(unit => unit.Node == node ? unit with { State = PoolCondition.Down } : unit)];
        // A tie-breaker is of no group, but of all.
        int?[] groups = [.. pool.Units.Where(unit => unit.Node == node).Select(unit => unit.Group).Distinct()];
        IEnumerable<PoolUnitStatus> left =
            without.Where(unit =>
                (groups.Contains(unit.Group) || groups.Contains(null)) && unit.State != PoolCondition.Down);
        return new DrainedPool(
            pool.Info.Name, UnitsOn(pool, node), [.. left.Select(unit => unit.Address)],
            [.. PoolStatus.FindGroupProblems(PoolCondition.ReadPool(pool.Info.Definition), without)]);
    }

    private static int Show(ParseResult parsed, string node, DrainedPool[] plan) => CommonOptions.Show(parsed, Write(plan), () =>
    {
        bool isDryRun = parsed.GetValue(CommonOptions.DryRun);
        foreach (DrainedPool pool in plan)
        {
            string misses = isDryRun ? "would miss" : pool.Units.Length == 1 ? "misses" : "miss";
            string goesOn = pool.Left.Length == 1 ? "goes on" : "go on";
            Terminal.Line(
                $"{pool.Pool}: {string.Join(", ", pool.Units)} {misses} what is written meanwhile; " +
                (pool.Left.Length == 0 ? "nothing else has these files" : $"{string.Join(", ", pool.Left)} {goesOn}"));
            foreach (string problem in pool.Unusable)
            {
                Terminal.Line($"  {problem}");
            }
        }

        Terminal.Line(
            isDryRun ? "nothing was done" : $"{node}: {Count(plan)} stopped; kadalu node resume {node} starts them again");
    });

    private static string Count(DrainedPool[] pools) =>
        pools.Sum(pool => pool.Units.Length) is var units && units == 1 ? "1 unit" : $"{units} units";

    private static bool IsJson(ParseResult parsed) => parsed.GetValue(CommonOptions.Json);

    private static string Write(DrainedPool[] pools) => JsonSerializer.Serialize(pools, StatusJson.Default.DrainedPoolArray);
}

/// <summary>A pool, and what becomes of it while units of a node do not run.</summary>
/// <param name="Pool">Its name.</param>
/// <param name="Units">Its units on the node, which miss what is written meanwhile.</param>
/// <param name="Left">The other units of their groups that are there.</param>
/// <param name="Unusable">Groups that cannot be used without them.</param>
internal sealed record DrainedPool(string Pool, string[] Units, string[] Left, string[] Unusable);
