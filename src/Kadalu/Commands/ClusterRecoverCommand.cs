using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Nodes;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Manager;
using KadaluFsd.Pools;
using KadaluFsd.Volgen;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu cluster recover</c>: another cluster, of the nodes of one whose manager has lost what it knew.</summary>
internal static class ClusterRecoverCommand
{
    // There may be many nodes, and somebody has to get to each.
    private const double TokenHours = 24;

    internal static Command Create()
    {
        var host = new Option<string?>("--name")
        {
            HelpName = "NAME",
            Description = "Name or address of this node that all others can reach (default its name in pools).",
        };
        var command = new Command(
            "recover",
            "Make another cluster, with the manager on this node, of the nodes of one whose state is lost and has no backup.")
            { host };
        command.SetAction((parsed, cancellation) => RecoverAsync(parsed, parsed.GetValue(host), cancellation));
        return command;
    }

    private static async Task<int> RecoverAsync(ParseResult parsed, string? host, CancellationToken cancellation)
    {
        MemberInfo member = await ClusterCommand.AskAgentAsync(cancellation);
        await RefuseIfThereAsync(member, cancellation);
        CommonOptions.Confirm(
            parsed,
            "A new cluster is made, and this node leaves the one that is lost. All other nodes have to join the new one.");

        // What this node knows of the lost one is gone when it is in another one.
        string[] others =
            [.. FindNodes(member.Node).Where(name => name != member.Name && name != host).Order(StringComparer.Ordinal)];
        string? before = ManagerAccess.IsManagerHere
            ? null : await StateRestore.TakeAwayDamagedAsync(NodeFiles.OfEnvironment, TimeProvider.System, cancellation);
        (_, ClusterInfo cluster) = await ClusterCommand.MakeAsync(host ?? member.Name, isAgain: true, cancellation);
        var nodes = new List<RecoveredNode>();
        foreach (string name in others)
        {
            nodes.Add(new RecoveredNode(name, (await NodeCommand.AskTokenAsync(TokenHours, cancellation)).Token));
        }

        var made = new RecoveredCluster(cluster.Id, before, [.. nodes]);
        return CommonOptions.Show(parsed, JsonSerializer.Serialize(made, CommandJson.Default.RecoveredCluster), () =>
        {
            Show(made);
        });
    }

    private static void Show(RecoveredCluster made)
    {
        string damaged = made.Before is { } before ? $"; what was damaged is {before}" : "";
        Terminal.Line($"the cluster {made.Cluster} is made{damaged}");
        foreach (RecoveredNode node in made.Nodes)
        {
            Terminal.Line($"on {node.Name}, within a day: kadalu node join --again {node.Token}");
        }

        Terminal.Line(
            "on every other node of the lost cluster: kadalu node join --again, with a token of kadalu node token. Pools " +
            "become the cluster's when all of their nodes have joined: kadalu pool list says what is missing");
    }

    // Two managers of the same nodes are one too many.
    private static async Task RefuseIfThereAsync(MemberInfo member, CancellationToken cancellation)
    {
        ClusterInfo? there = null;
        bool isHere = ManagerAccess.IsManagerHere;
        try
        {
            there = isHere || member.Cluster is not null
                ? await ManagerAccess.ReadAsync(ManagerPaths.Cluster, CommandJson.Default.ClusterInfo, cancellation)
                : null;
        }
        catch (CommandException exception) when (
            exception.Code == ExitCode.PeerUnreachable || (isHere && exception.Code == ExitCode.PeerRefused))
        {
            // It is lost; or it is the one of this node, and there is no cluster yet: this command was interrupted.
        }
        catch (CommandException exception) when (exception.Code == ExitCode.PeerRefused)
        {
            throw new CommandException(
                exception.Code,
                $"the manager of this node's cluster answers, and refuses this node: {exception.Message}\n  nothing is lost: a " +
                "token of that cluster lets this node in (kadalu node join --again TOKEN). If that manager is to be given up, " +
                "stop it first, or let this node forget it (kadalu node leave)");
        }

        if (there is { Nodes: > 0 })
        {
            throw new CommandException(
                ExitCode.PoolRefused,
                $"nothing is lost: the manager at {GlusterAddress.WithPort(there.Host, there.Port)} answers, and knows " +
                $"{there.Nodes} nodes");
        }
    }

    // What pools call a node may be an earlier name of it.
    private static IEnumerable<string> FindNodes(Guid own)
    {
        var paths = PoolPaths.OfEnvironment();
        NodePlace[] said = [.. NodePlaces.Read(paths.Node.ClusterNodes).All.Where(node => node.Node != own)];
        HashSet<string> known = [own.ToString(), .. said.Select(node => node.Node.ToString())];
        IEnumerable<string> ofPools =
            new PoolStore(paths).LoadAll().SelectMany(stored => stored.Pool.Units).Select(member => member.Unit.Node)
                .Where(node => !known.Contains(node.Id)).Select(node => node.Name);
        return said.Select(node => node.Name).Concat(ofPools).Distinct();
    }
}
