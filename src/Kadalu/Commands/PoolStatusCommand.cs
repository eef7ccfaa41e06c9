using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu pool status</c>.</summary>
internal static class PoolStatusCommand
{
    internal static Command Create()
    {
        Argument<string?> name = PoolCommand.CreateOptionalName();
        var command = new Command(
            "status",
            "Show how pools are, by all of their nodes. Exit code 0: well; 20: degraded, or not started; 21: a group has too " +
            "few units to be used.") { name, CommonOptions.Watch };
        command.SetAction((parsed, cancellation) => CommonOptions.WatchAsync(parsed, async stop =>
        {
            PoolCondition[] pools = await AskAsync(parsed.GetValue(name), stop);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(JsonSerializer.Serialize(pools, StatusJson.Default.PoolConditionArray));
            }
            else
            {
                foreach (PoolCondition pool in pools)
                {
                    Show(pool);
                }
            }

            return CodeOf(pools);
        }, cancellation));
        return command;
    }

    /// <summary>The exit code of a command that shows some pools.</summary>
    internal static int CodeOf(PoolCondition[] pools) =>
        (int)pools.Select(pool => pool.Code).DefaultIfEmpty(ExitCode.Success).Max();

    /// <summary>Asks how pools are, on all of their nodes.</summary>
    /// <param name="name">The pool; null for all.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CommandException">There is none of this name, or nobody answers.</exception>
    internal static async Task<PoolCondition[]> AskAsync(string? name, CancellationToken cancellation)
    {
        string[] names = await PoolCommand.FindNamesAsync(name, cancellation);
        return await Task.WhenAll(names.Select(pool => AskOneAsync(pool, cancellation)));
    }

    private static async Task<PoolCondition> AskOneAsync(string name, CancellationToken cancellation) => PoolCondition.Of(
        await ManagerAccess.ReadAsync(
            PoolCommand.PathOf(name, "/status"), CommandJson.Default.PoolStatusAnswer,
            cancellation));

    /// <summary>Writes how a pool is, with its units.</summary>
    internal static void Show(PoolCondition pool)
    {
        string space = pool.SizeBytes is { } size
            ? $", {PlainText.Size(pool.AvailableBytes!.Value)} of {PlainText.Size(size)} available" : "";
        Terminal.Line($"{pool.Info.Name}: {pool.Info.Type}, {pool.Info.State}: {pool.Verdict}{space}");
        foreach (string line in pool.Problems.Concat(pool.Notes))
        {
            Terminal.Line($"  {line}");
        }

        Terminal.Table(
            ["UNIT", "GROUP", "ROLE", "STATE", "PORT", "PID", "UP", "CLIENTS", "TO HEAL", "AVAILABLE", "SIZE", "FREE INODES"],
            pool.Units.Select(unit => new[]
            {
                unit.Address, Text(unit.Group), unit.Role, unit.State, Text(unit.Port), Text(unit.ProcessId),
                unit.UptimeSeconds is { } up ? PlainText.Duration(up) : "-", Text(unit.Clients), Text(unit.PendingHeals),
                unit.AvailableBytes is { } available ? PlainText.Size(available) : "-",
                unit.SizeBytes is { } bytes ? PlainText.Size(bytes) : "-", Text(unit.FreeInodes),
            }));
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PoolCondition[]))]
[JsonSerializable(typeof(PoolUnitInfo[]))]
[JsonSerializable(typeof(DrainedPool[]))]
internal sealed partial class StatusJson : JsonSerializerContext;
