using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu node set</c>: where a node's agent is, and where this node finds the manager.</summary>
internal static class NodeSetCommand
{
    internal static Command Create()
    {
        var name = new Argument<string?>("NODE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The node's name, for --address.",
        };
        var address = new Option<string?>("--address")
        {
            HelpName = "HOST",
            Description = "Name or address by which the manager and all other nodes reach the node's agent (default its name).",
        };
        var manager = new Option<string?>("--manager")
        {
            HelpName = "HOST",
            Description =
                "Name or address at which this node asks the manager from now on, where it does not reach it any more. The " +
                "manager must answer there. kadalu cluster set tells all nodes that report.",
        };
        var command = new Command(
            "set",
            "Say where a node's agent is, while pools and clients go on with the node's name; or where this node finds the manager.")
            { name, address, manager, CommonOptions.OfflineOk };
        command.SetAction((parsed, cancellation) =>
            (parsed.GetValue(name), parsed.GetValue(address), parsed.GetValue(manager)) switch
            {
                ({ } node, { } host, null) => PlaceAsync(parsed, node, host, cancellation),
                (null, null, { } host) => MoveManagerAsync(parsed, host, cancellation),
                _ => throw new CommandException(
                    ExitCode.Usage, "say NODE --address HOST; or --manager HOST, on the node itself"),
            });
        return command;
    }

    private static async Task<int> PlaceAsync(ParseResult parsed, string node, string host, CancellationToken cancellation)
    {
        (string text, NodeInfo[] nodes) = await ManagerAccess.SendAsync(
            $"{ManagerPaths.Nodes}/{ManagerAccess.Escape(node)}",
            new NodeOrder(host, parsed.GetValue(CommonOptions.OfflineOk)), CommandJson.Default.NodeOrder,
            CommandJson.Default.NodeInfoArray, cancellation);
        return CommonOptions.Show(parsed, text, () =>
        {
            Terminal.Line($"the agent of {nodes[0].Name} is asked at {nodes[0].Address ?? nodes[0].Name}");
        });
    }

    private static async Task<int> MoveManagerAsync(ParseResult parsed, string host, CancellationToken cancellation)
    {
        string text = await ManagerAccess.AskAgentAsync(
            "POST", "/v1/node/manager",
            JsonSerializer.SerializeToUtf8Bytes(new ManagerOrder(host), CommandJson.Default.ManagerOrder), cancellation);
        MemberInfo member = ManagerAccess.Read(text, CommandJson.Default.MemberInfo);
        return CommonOptions.Show(parsed, text, () =>
        {
            Terminal.Line($"{member.Name} asks the manager at {member.Manager}");
        });
    }
}
