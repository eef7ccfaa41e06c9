using System.CommandLine;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool list</c>.</summary>
internal static class PoolListCommand
{
    // States of units that clients can use.
    private static readonly string[] s_serving = ["ready", "degraded", "draining"];

    internal static Command Create()
    {
        var status = new Option<bool>("--status")
        {
            Description = "Ask all nodes how the pools are. The exit code is that of kadalu pool status.",
        };
        var detail = new Option<bool>("--detail") { Description = "As --status, with the units of each pool." };
        var command = new Command("list", "Show the pools of the cluster. Example: kadalu pool list --status --watch")
            { status, detail, CommonOptions.Watch };
        command.SetAction((parsed, cancellation) => CommonOptions.WatchAsync(
            parsed, stop => parsed.GetValue(status) || parsed.GetValue(detail)
                ? ShowStatusAsync(parsed, parsed.GetValue(detail), stop) : ShowAsync(parsed, stop),
            cancellation));
        return command;
    }

    /// <summary>Says what a pool without copies means for its files.</summary>
    /// <returns>Null for a pool whose groups have copies, or redundancy.</returns>
    internal static string? FindWarning(Pool pool) => pool.CanHeal ? null
        : $"{pool.Name} has no copies: files of a unit that is down cannot be reached, and those of a disk that is lost are lost";

    private static async Task<int> ShowAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            JsonOutput.Write(await ManagerAccess.AskAsync("GET", ManagerPaths.Pools, default, cancellation));
            return (int)ExitCode.Success;
        }

        Task<PoolSummary[]> list =
            ManagerAccess.ReadAsync(ManagerPaths.Pools, CommandJson.Default.PoolSummaryArray, cancellation);
        Task<ClusterInfo> about = ManagerAccess.ReadAsync(ManagerPaths.Cluster, CommandJson.Default.ClusterInfo, cancellation);
        await Task.WhenAll(list, about);
        (PoolSummary[] pools, ClusterInfo cluster) = (await list, await about);
        Terminal.Table(
            ["POOL", "TYPE", "STATE", "NODES", "BEHIND", "ID"],
            pools.Select(pool => new[]
            {
                pool.Name, pool.Type, pool.State + (pool.Task is { } task ? $" (task {PlainText.Number(task)})" : ""),
                string.Join(", ", pool.Nodes), pool.Behind.Length > 0 ? string.Join(", ", pool.Behind) : "-",
                pool.Id.ToString(),
            }));
        foreach (string problem in pools.Select(pool => pool.Problem).OfType<string>())
        {
            Terminal.Line(problem);
        }

        ClusterCommand.ShowProblems(cluster);
        return (int)ExitCode.Success;
    }

    private static async Task<int> ShowStatusAsync(ParseResult parsed, bool isDetailed, CancellationToken cancellation)
    {
        PoolCondition[] pools = await PoolStatusCommand.AskAsync(null, cancellation);
        if (parsed.GetValue(CommonOptions.Json))
        {
            JsonOutput.Write(JsonSerializer.Serialize(pools, StatusJson.Default.PoolConditionArray));
            return PoolStatusCommand.CodeOf(pools);
        }

        Terminal.Table(
            ["POOL", "TYPE", "STATE", "UNITS UP", "USED", "SIZE", "PORT", "WHY"], pools.Select(Describe));
        foreach (string warning in pools.Select(pool => FindWarning(PoolCondition.ReadPool(pool.Info.Definition)))
            .OfType<string>())
        {
            Terminal.Line(warning);
        }

        foreach (PoolCondition pool in isDetailed ? pools : [])
        {
            Terminal.Line("");
            PoolStatusCommand.Show(pool);
        }

        return PoolStatusCommand.CodeOf(pools);
    }

    private static string[] Describe(PoolCondition pool)
    {
        int port = PoolCondition.ReadPool(pool.Info.Definition).Port;
        return
        [
            pool.Info.Name, pool.Info.Type, pool.Info.State == pool.Verdict ? pool.Verdict : $"{pool.Info.State}, {pool.Verdict}",
            $"{pool.Units.Count(unit => s_serving.Contains(unit.State))} of {pool.Units.Length}",
            pool.SizeBytes is { } size ? PlainText.Size(size - pool.AvailableBytes!.Value) : "-",
            pool.SizeBytes is { } all ? PlainText.Size(all) : "-", port > 0 ? PlainText.Number(port) : "-",
            (pool.Problems.FirstOrDefault() ?? "") +
                (pool.Problems.Length > 1 ? $" (and {pool.Problems.Length - 1} more: kadalu pool status {pool.Info.Name})" : ""),
        ];
    }
}
