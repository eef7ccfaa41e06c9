using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu node</c>.</summary>
internal static class NodeCommand
{
    internal static Command Create() => new("node", "Let nodes into the cluster, see how they are, remove them.")
    {
        CreateToken(),
        NodeAddCommand.Create(),
        CreateJoin(),
        CreateInfo(),
        CreateList(),
        NodeSetCommand.Create(),
        NodeRenameCommand.Create(),
        NodeDrainCommand.CreateDrain(),
        NodeDrainCommand.CreateResume(),
        CreateRemove(),
        CreateLeave(),
    };

    /// <summary>Has this node join.</summary>
    /// <exception cref="CommandException">It cannot; says why.</exception>
    internal static async Task<(string Text, MemberInfo Member)> JoinAsync(JoinOrder order, CancellationToken cancellation)
    {
        string text = await ManagerAccess.AskAgentAsync(
            "POST", "/v1/join", JsonSerializer.SerializeToUtf8Bytes(order, CommandJson.Default.JoinOrder), cancellation);
        return (text, ManagerAccess.Read(text, CommandJson.Default.MemberInfo));
    }

    /// <summary>Has the manager make a token.</summary>
    /// <param name="hours">How long it can be used.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It cannot; says why.</exception>
    internal static async Task<TokenAnswer> AskTokenAsync(double hours, CancellationToken cancellation) => (
        await ManagerAccess.SendAsync(
            ManagerPaths.Tokens, new TokenOrder(hours), CommandJson.Default.TokenOrder, CommandJson.Default.TokenAnswer,
            cancellation)).Answer;

    private static Command CreateToken()
    {
        var hours = new Option<double>("--hours")
        {
            HelpName = "N",
            Description = "How long it can be used (default 1).",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command(
            "token", "Print a token with which one node can join: kadalu node join TOKEN there. Whoever has it can.") { hours };
        command.SetAction(async (parsed, cancellation) =>
        {
            (string text, TokenAnswer token) = await ManagerAccess.SendAsync(
                ManagerPaths.Tokens, new TokenOrder(parsed.GetValue(hours)), CommandJson.Default.TokenOrder,
                CommandJson.Default.TokenAnswer, cancellation);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Line(token.Token);
            });
        });
        return command;
    }

    private static Command CreateJoin()
    {
        var token = new Argument<string?>("TOKEN")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "What kadalu node token has printed; read from standard input where it is not given.",
        };
        var name = new Option<string?>("--name")
        {
            HelpName = "NAME",
            Description = "Name or address of this node in pools, that clients and all nodes can reach (default its host name).",
        };
        var again = new Option<bool>("--again")
        {
            Description =
                "Also where this node is in a cluster: in one that is lost, or in that of the token. Units of pools go on.",
        };
        var command = new Command("join", "Let this node into the cluster of a token.") { token, name, again };
        command.SetAction(async (parsed, cancellation) =>
        {
            string given = parsed.GetValue(token) ?? await Console.In.ReadLineAsync(cancellation) ?? "";
            (string text, MemberInfo member) = await JoinAsync(
                new JoinOrder(given, parsed.GetValue(name), parsed.GetValue(again)), cancellation);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Line($"{member.Name} is in the cluster {member.Cluster}, whose manager is at {member.Manager}");
            });
        });
        return command;
    }

    private static Command CreateInfo()
    {
        var command = new Command("info", "Show what this node is called, and which cluster it is in.");
        command.SetAction(async (parsed, cancellation) =>
        {
            string text = await ManagerAccess.AskAgentAsync("GET", "/v1/node", default, cancellation);
            MemberInfo member = ManagerAccess.Read(text, CommandJson.Default.MemberInfo);
            return CommonOptions.Show(parsed, text, () =>
            {
                string where = member.Cluster is { } cluster
                    ? $"in the cluster {cluster}, whose manager is at {member.Manager}" : "in no cluster";
                Terminal.Line($"{member.Name}: node {member.Node}, {where}");
            });
        });
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "Show the nodes of the cluster.") { CommonOptions.Watch };
        command.SetAction((parsed, cancellation) => CommonOptions.WatchAsync(parsed, async stop =>
        {
            (string text, NodeInfo[] nodes) =
                await ManagerAccess.GetAsync(ManagerPaths.Nodes, CommandJson.Default.NodeInfoArray, stop);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Table(
                    ["NODE", "STATE", "LAST SEEN", "VERSION", "CLOCK", "POOLS", "DISKS", "ID"],
                    nodes.Select(node => new[]
                    {
                        node.Address is null ? node.Name : $"{node.Name} ({node.Address})",
                        node.Drained.Length == 0 ? node.State : $"{node.State}, drained",
                        PlainText.Time(node.LastSeen), node.Version,
                        Offset(node.ClockOffsetSeconds),
                        node.Pools.Length == 0 ? "-" : string.Join(", ", node.Pools.Select(pool => Describe(pool, node))),
                        node.Disks.Length == 0 ? "-" : string.Join("; ", node.Disks.Select(Describe)), node.Id.ToString(),
                    }));
            });
        }, cancellation));
        return command;
    }

    private static Command CreateRemove()
    {
        var name = new Argument<string>("NODE") { Description = "The node's name." };
        var command = new Command(
            "remove", "Remove a node from the cluster: from now on nobody believes it. No pool may have units on it.") { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            string node = parsed.GetValue(name)!;
            CommonOptions.Confirm(parsed, $"{node} is removed from the cluster; it needs a new token to come back.");
            string text = await ManagerAccess.AskAsync(
                "DELETE", $"{ManagerPaths.Nodes}/{ManagerAccess.Escape(node)}", default, cancellation);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Line($"{node} is removed");
            });
        });
        return command;
    }

    private static Command CreateLeave()
    {
        var command = new Command(
            "leave", "Let this node forget its cluster, whose manager has removed it, or is gone. Units of pools go on.");
        command.SetAction(async (parsed, cancellation) =>
        {
            CommonOptions.Confirm(parsed, "This node forgets its cluster; it needs a token to come into one again.");
            string text = await ManagerAccess.AskAgentAsync("POST", "/v1/leave", default, cancellation);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Line("this node is in no cluster");
            });
        });
        return command;
    }

    private static string Describe(string pool, NodeInfo node) =>
        node.OtherNames.FirstOrDefault(other => other.Pool == pool) is { } other ? $"{pool} (as {other.Name})" : pool;

    private static string Describe(DiskReport disk) =>
        $"{disk.Path} {PlainText.Size(disk.AvailableBytes)} of {PlainText.Size(disk.SizeBytes)} available";

    private static string Offset(double? seconds) =>
        seconds is { } offset ? offset.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) + " s" : "-";
}
