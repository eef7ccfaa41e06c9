using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool status</c>.</summary>
internal static class PoolStatusCommand
{
    /// <summary>Builds the command.</summary>
    internal static Command Create(Option<string?> node)
    {
        var name = new Argument<string?>("POOL")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The pool's name; all pools where none is given."
        };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command =
            new Command("status", "Show pools: their units, their space, what has to be healed.") { name, json, node };
        command.SetAction((parsed, _) => PoolCommand.GuardAsync(async () =>
        {
            (PoolPaths paths, PoolStore store, ThisNode here) = PoolCommand.Open(parsed);
            var services = new NodeServices(paths);
            string? one = parsed.GetValue(name);
            StoredPool[] pools = one is not null ? [store.Get(one)] : store.LoadAll();
            PoolStatus[] statuses =
                [.. await Task.WhenAll(pools.Select(pool => PoolStatus.OfAsync(pool, services, here))),
                    .. one is null ? store.FindUnusable().Select(PoolStatus.Of) : []];
            Console.Write(
                parsed.GetValue(json)
                    ? JsonSerializer.Serialize(statuses, PoolJson.Default.PoolStatusArray) + "\n"
                    : string.Join('\n', statuses.Select(Describe)));
            return (int)ExitCode.Success;
        }));
        return command;
    }

    /// <summary>How a pool is.</summary>
    /// <param name="pool">What is known of it.</param>
    /// <returns>The text.</returns>
    internal static string Describe(PoolStatus pool)
    {
        if (pool.Problem is not null)
        {
            return $"{pool.Name}: {pool.State}: {pool.Problem}\n";
        }

        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{pool.Name}: {pool.Type}, {pool.State}, id {pool.Id}{(pool.Port is { } port ? $", port {port}" : "")}\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"  definition: revision {pool.Revision}, digest {pool.Digest}{(pool.IsEdited ? ", changed by hand since" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"  volfile servers: {string.Join(", ", pool.VolfileServers)}\n");
        if (pool.Units.All(unit => unit.State == "elsewhere"))
        {
            text.Append("  no unit of it is on this node (--node NAME says which of its nodes this one is)\n");
        }

        foreach (string problem in pool.GroupProblems)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {problem}\n");
        }

        if (pool.SizeBytes is { } size)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {PlainText.Size(pool.AvailableBytes!.Value)} of {PlainText.Size(size)} available\n");
        }

        foreach ((string option, string value) in pool.Options)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {option} {value}\n");
        }

        if (pool.LacksDistribute)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  its clients have no cluster/distribute, and a second group would hide directories: pool stop {pool.Name}, " +
                $"then pool start {pool.Name} --distribute-layer, on each node\n");
        }

        foreach (PoolUnitStatus unit in pool.Units.Where(unit => unit.Revision is { } revision && revision != pool.Revision))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {unit.Address} runs revision {unit.Revision}: pool start {pool.Name} tells it\n");
        }

        foreach (string reason in pool.HealDaemonReasons)
        {
            text.Append(CultureInfo.InvariantCulture, $"  the self-heal daemon of this node: {reason}\n");
        }

        if (pool.ToCompare > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  directories to compare on all units, after heals or because a unit ended while they were being changed: " +
                $"{pool.ToCompare}\n");
        }

        if (pool.Units.Sum(unit => unit.OutdatedClients ?? 0) is > 0 and int outdated)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  mounts with an older volfile, for which what has changed does not hold: {outdated}\n");
        }

        return text.Append(PlainText.Table(
            ["UNIT", "GROUP", "ROLE", "STATE", "PORT", "PID", "UP", "CLIENTS", "TO HEAL", "AVAILABLE", "SIZE", "FREE INODES"],
            pool.Units.Select(unit => new[]
            {
                unit.Address, Text(unit.Group), unit.Role, unit.State, Text(unit.Port), Text(unit.ProcessId),
                unit.UptimeSeconds is { } up ? PlainText.Duration(up) : "-", Text(unit.Clients), Text(unit.PendingHeals),
                unit.AvailableBytes is { } available ? PlainText.Size(available) : "-",
                unit.SizeBytes is { } bytes ? PlainText.Size(bytes) : "-", Text(unit.FreeInodes),
            }))).Append(DescribeReasons(pool)).Append(DescribePending(pool)).ToString();
    }

    private static string DescribeReasons(PoolStatus pool) =>
        string.Concat(
            pool.Units.Where(unit => unit.Reasons.Length > 0)
            .Select(unit => $"  {unit.Address} is {unit.State}: {string.Join("; ", unit.Reasons)}\n"));

    private static string DescribePending(PoolStatus pool)
    {
        IEnumerable<(string Who, string[] What)> pending =
            [.. pool.Units.Select(unit => (unit.Address, unit.Pending)), ("the self-heal daemon", pool.HealDaemonPending)];
        return string.Concat(
            pending.Where(each => each.What.Length > 0)
            .Select(each => $"  at its next start {each.Who} has: {string.Join(", ", each.What)}\n"));
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
