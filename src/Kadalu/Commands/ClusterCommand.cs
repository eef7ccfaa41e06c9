using System.CommandLine;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Linux;
using KadaluFsd.Linux.Files;
using KadaluFsd.Pools;
using KadaluFsd.Volgen;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu cluster</c>.</summary>
internal static class ClusterCommand
{
    private const double FirstTokenHours = 0.1;

    internal static Command Create() => new("cluster", "Make a cluster of nodes, and see how it is.")
    {
        CreateCreate(),
        CreateInfo(),
        CreateSet(),
        ClusterBackupCommands.CreateBackup(),
        ClusterBackupCommands.CreateRestore(),
        ClusterRecoverCommand.Create(),
    };

    private static Command CreateCreate()
    {
        var host = new Option<string?>("--name")
        {
            HelpName = "NAME",
            Description = "Name or address of this node that all others can reach (default its name in pools, or its host name).",
        };
        var command = new Command("create", "Make a cluster whose manager is on this node, and let this node into it.") { host };
        command.SetAction((parsed, cancellation) => CreateAsync(
            parsed.GetValue(host) ?? NodeFiles.OfEnvironment.FindName() ?? Environment.MachineName, parsed, cancellation));
        return command;
    }

    private static Command CreateInfo()
    {
        var command = new Command("info", "Show the cluster that this node is in.");
        command.SetAction(async (parsed, cancellation) =>
        {
            (string text, ClusterInfo cluster) =
                await ManagerAccess.GetAsync(ManagerPaths.Cluster, CommandJson.Default.ClusterInfo, cancellation);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Line(
                    $"cluster {cluster.Id}: {cluster.Nodes} nodes, {cluster.Pools} pools; manager {cluster.Version} at " +
                    GlusterAddress.WithPort(cluster.Host, cluster.Port));
                ShowProblems(cluster);
            });
        });
        return command;
    }

    private static Command CreateSet()
    {
        var address = new Option<string>("--address")
        {
            HelpName = "HOST",
            Description = "Name or address by which all nodes reach the manager. It must answer there for all of them.",
            Required = true,
        };
        var command = new Command("set", "Say where nodes find the manager: they are told when they report.")
            { address, CommonOptions.OfflineOk };
        command.SetAction(async (parsed, cancellation) =>
        {
            (string text, ClusterInfo cluster) = await ManagerAccess.SendAsync(
                ManagerPaths.Place,
                new ManagerOrder(parsed.GetValue(address)!, parsed.GetValue(CommonOptions.OfflineOk)),
                CommandJson.Default.ManagerOrder, CommandJson.Default.ClusterInfo, cancellation);
            return CommonOptions.Show(parsed, text, () =>
            {
                Terminal.Line(
                    $"nodes find the manager at {GlusterAddress.WithPort(cluster.Host, cluster.Port)}; on one that does not " +
                    $"reach it where it was: kadalu node set --manager {cluster.Host}");
            });
        });
        return command;
    }

    /// <summary>Says what is not well with what the manager knows, and which pools of nodes are not the cluster's.</summary>
    internal static void ShowProblems(ClusterInfo cluster)
    {
        foreach (string problem in cluster.Problems)
        {
            Terminal.Line(problem);
        }

        foreach (OtherPool pool in cluster.OtherPools)
        {
            Terminal.Line($"{pool.Name} is not the cluster's: {pool.Problem}");
        }
    }

    private static async Task<int> CreateAsync(string host, ParseResult parsed, CancellationToken cancellation)
    {
        MemberInfo member = await AskAgentAsync(cancellation);
        if (member.Cluster is not null)
        {
            throw new CommandException(
                ExitCode.PoolRefused, $"this node is in a cluster already, whose manager is at {member.Manager}");
        }

        (string text, ClusterInfo cluster) = await MakeAsync(host, isAgain: false, cancellation);
        return CommonOptions.Show(parsed, text, () =>
        {
            Terminal.Line(
                $"cluster {cluster.Id} is made; its manager is at {GlusterAddress.WithPort(host, cluster.Port)}. For " +
                "each other node: kadalu node token here, kadalu node join TOKEN there");
        });
    }

    /// <summary>Makes a cluster whose manager is on this node, and lets this node into it.</summary>
    /// <param name="host">A name or an address of this node that all others can reach.</param>
    /// <param name="isAgain">Whether this node leaves the cluster that it is in.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">It cannot; as long as no node is in it, it can be made again.</exception>
    internal static async Task<(string Text, ClusterInfo Cluster)> MakeAsync(
        string host, bool isAgain, CancellationToken cancellation)
    {
        await StartManagerAsync();
        (string, ClusterInfo) made = await ManagerAccess.SendAsync(
            ManagerPaths.Cluster, new ClusterOrder(host), CommandJson.Default.ClusterOrder, CommandJson.Default.ClusterInfo,
            cancellation);
        TokenAnswer token = await NodeCommand.AskTokenAsync(FirstTokenHours, cancellation);
        await NodeCommand.JoinAsync(new JoinOrder(token.Token, host, isAgain), cancellation);
        return made;
    }

    /// <summary>Asks this node's agent which cluster it is in.</summary>
    internal static async Task<MemberInfo> AskAgentAsync(CancellationToken cancellation) => ManagerAccess.Read(
        await ManagerAccess.AskAgentAsync("GET", "/v1/node", default, cancellation), CommandJson.Default.MemberInfo);

    // By the service manager, which starts it again at boot; where there is none, in the background.
    private static async Task StartManagerAsync()
    {
        if (ManagerAccess.IsManagerHere)
        {
            return;
        }

        var paths = PoolPaths.OfEnvironment();
        if (paths.IsUsual && await Systemctl.KnowsAsync(Systemctl.Manager))
        {
            await Systemctl.StartAsync(Systemctl.Manager);
            return;
        }

        SystemRefusal.Guard(
            paths.ManagerLog, () => OwnFiles.CreateDirectory(Path.GetDirectoryName(paths.ManagerLog)!));
        int code = await Background.StartAsync(
            [ManagerCommand.Name, "--log", paths.ManagerLog, "--pid-file", paths.ManagerPidFile]);
        if (code != 0)
        {
            throw new CommandException((ExitCode)code, "the manager did not start");
        }
    }
}
