using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu node rename</c>: another name of a node in the cluster, and then in each pool with a unit on it.</summary>
internal static class NodeRenameCommand
{
    internal static Command Create()
    {
        var old = new Argument<string>("NODE")
        {
            Description = "The node's name. With NAME itself, what an earlier command has left is done.",
        };
        var name = new Argument<string>("NAME")
        {
            Description = "The name or address that it gets, by which all nodes and clients must find it already.",
        };
        Option<bool> disturb = PoolOptionCommands.CreateDisturb();
        var command = new Command(
            "rename",
            "Give a node another name, in the cluster and in its pools. Its id, units and their processes stay; mounts and " +
            "self-heal daemons connect to its units again.")
            { old, name, disturb, CommonOptions.OfflineOk, CommonOptions.DryRun };
        command.SetAction(async (parsed, cancellation) =>
        {
            string wanted = parsed.GetValue(name)!;
            var order = new NodeNameOrder(wanted, IsTrial: false, parsed.GetValue(CommonOptions.OfflineOk));
            string node = await FindAsync(parsed.GetValue(old)!, wanted, cancellation);
            (_, NodeInfo trial) = await RenameAsync(node, order with { IsTrial = true }, cancellation);
            RenameNodeOrder[] orders =
            [
                .. trial.OtherNames.Select(other => new RenameNodeOrder(
                    other.Pool, trial.Id, other.Name, wanted, parsed.GetValue(disturb))
                {
                    IsOfflineOk = parsed.GetValue(CommonOptions.OfflineOk),
                }),
            ];
            PlanInfo[] plans = await PlanAsync(orders, cancellation);
            if (parsed.GetValue(CommonOptions.DryRun))
            {
                return Show(parsed, node, wanted, plans);
            }

            RequirePossible(plans);
            await RenameAsync(node, order, cancellation);
            await TellAsync(parsed, orders, cancellation);

            // What no pool calls it any more is free from now on.
            (string text, _) = await RenameAsync(wanted, order, cancellation);
            (_, ClusterInfo cluster) =
                await ManagerAccess.GetAsync(ManagerPaths.Cluster, CommandJson.Default.ClusterInfo, cancellation);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Line($"{node} is called {wanted}");
                if (cluster.Host == node && node != wanted)
                {
                    Terminal.Line($"nodes look for the manager at {node} still: kadalu cluster set --address {wanted}");
                }
            });
        });
        return command;
    }

    // Its earlier name is good as well as long as a pool has it: the same command goes on with what is left.
    private static async Task<string> FindAsync(string given, string wanted, CancellationToken cancellation)
    {
        NodeInfo[] all = await ManagerAccess.ReadAsync(ManagerPaths.Nodes, CommandJson.Default.NodeInfoArray, cancellation);
        return all.All(node => node.Name != given) &&
            all.Any(node => node.Name == wanted && node.OtherNames.Any(other => other.Name == given)) ? wanted : given;
    }

    private static async Task<(string Text, NodeInfo Node)> RenameAsync(
        string node, NodeNameOrder order, CancellationToken cancellation)
    {
        (string text, NodeInfo[] nodes) = await ManagerAccess.SendAsync(
            $"{ManagerPaths.Nodes}/{ManagerAccess.Escape(node)}/name", order, CommandJson.Default.NodeNameOrder,
            CommandJson.Default.NodeInfoArray, cancellation);
        return (text, nodes[0]);
    }

    private static async Task<PlanInfo[]> PlanAsync(RenameNodeOrder[] orders, CancellationToken cancellation)
    {
        var plans = new List<PlanInfo>();
        foreach (RenameNodeOrder order in orders)
        {
            plans.Add((await PoolCommand.AskPlanAsync(order, cancellation)).Plan);
        }

        return [.. plans];
    }

    private static int Show(ParseResult parsed, string node, string wanted, PlanInfo[] plans)
    {
        CommonOptions.Show(parsed, JsonSerializer.Serialize(plans, CommandJson.Default.PlanInfoArray), () =>
        {
            Terminal.Line($"{node} would be called {wanted}, and nothing was done");
            foreach (PlanInfo plan in plans)
            {
                PoolCommand.Show(plan);
            }
        });
        return plans.FirstOrDefault(plan => plan.Code != 0)?.Code ?? (int)ExitCode.Success;
    }

    // Better no pool is told than some of them.
    private static void RequirePossible(PlanInfo[] plans)
    {
        if (plans.FirstOrDefault(plan => plan.Code != 0) is { } impossible)
        {
            IEnumerable<string> problems =
                from plan in plans
                where plan.Code != 0
                from node in plan.Nodes
                where node.Problem is not null
                select $"{plan.What}: {node.Name}: {node.Problem}";
            string hint = impossible.Code == (int)ExitCode.PeerUnreachable
                ? "; --offline-ok tells nodes that are away when they are back" : "";
            throw new CommandException(
                (ExitCode)impossible.Code, $"{string.Join("\n  ", problems)}\n  nothing was changed{hint}");
        }
    }

    private static async Task TellAsync(ParseResult parsed, RenameNodeOrder[] orders, CancellationToken cancellation)
    {
        var failures = new List<(RenameNodeOrder Order, CommandException Exception)>();
        foreach (RenameNodeOrder order in orders)
        {
            try
            {
                await TaskCommand.FinishAsync(order, parsed.GetValue(CommonOptions.Json), cancellation);
            }
            catch (CommandException exception)
            {
                failures.Add((order, exception));
            }
        }

        if (failures is [var (first, because), ..])
        {
            throw new CommandException(
                because.Code,
                $"the cluster calls the node {first.Name}; not so do\n  " +
                string.Join("\n  ", failures.Select(failure => $"{failure.Order.Pool}: {failure.Exception.Message}")) +
                $"\n  kadalu node rename {first.Name} {first.Name} goes on with what is left");
        }
    }
}
