using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu unit</c>: storage units, each named <c>NODE:PATH</c>.</summary>
internal static class UnitCommand
{
    internal static Command Create() => new("unit", "See, restart and replace storage units.")
    {
        CreateList(),
        CreateRestart(),
        CreateReplace(),
    };

    private static Command CreateList()
    {
        Argument<string?> name = PoolCommand.CreateOptionalName();
        var command = new Command("list", "Show units, by their own nodes.") { name };
        command.SetAction(async (parsed, cancellation) =>
        {
            PoolCondition[] pools = await PoolStatusCommand.AskAsync(parsed.GetValue(name), cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(JsonSerializer.Serialize(
                    [.. pools.SelectMany(pool => pool.Units.Select(unit => new PoolUnitInfo(pool.Info.Name, unit)))],
                    StatusJson.Default.PoolUnitInfoArray));
                return (int)ExitCode.Success;
            }

            Terminal.Table(
                ["UNIT", "POOL", "GROUP", "ROLE", "STATE", "PORT", "TO HEAL", "AVAILABLE", "WHY"],
                pools.SelectMany(pool => pool.Units.Select(unit => new[]
                {
                    unit.Address, pool.Info.Name, unit.Group?.ToString(CultureInfo.InvariantCulture) ?? "-", unit.Role,
                    unit.State, PlainText.Number(unit.Port), unit.PendingHeals is { } heals ? PlainText.Number(heals) : "-",
                    unit.AvailableBytes is { } available ? PlainText.Size(available) : "-", string.Join("; ", unit.Reasons),
                })));
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static Command CreateRestart()
    {
        Argument<string> unit = CreateUnit();
        return PoolCommand.WithPool(
            "restart",
            "Restart a unit: when no file depends on it, and until its clients are back and what it has missed is healed.",
            async (parsed, pool, cancellation) =>
            {
                string address = await FindAddressAsync(parsed.GetValue(unit)!, cancellation);
                return await PoolCommand.OrderAsync(
                    parsed, new RestartOrder(pool, IsRolling: true, address), $"{address} is restarted", cancellation);
            },
            unit, CommonOptions.DryRun);
    }

    private static Command CreateReplace()
    {
        Argument<string> unit = CreateUnit();
        var discard =
            new Option<bool>("--discard") { Description = "Move aside what is in the directory, which must be empty otherwise." };
        var onRoot = new Option<bool>("--root-partition") { Description = "Allow it in the root file system." };
        var alsoLost = new Option<string[]>("--also-lost")
        {
            HelpName = "NODE:PATH",
            Description = "Another unit of its group that has lost its files as well; it need not run. Can be repeated.",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait for the heal to end." };
        return PoolCommand.WithPool(
            "replace",
            "Start a unit on an empty directory at its own path, such as a new disk that is mounted there, and heal it from " +
            "the other units of its group.",
            async (parsed, pool, cancellation) =>
            {
                string address = await FindAddressAsync(parsed.GetValue(unit)!, cancellation);
                string[] lost = await Task.WhenAll(
                    (parsed.GetValue(alsoLost) ?? []).Select(other => FindAddressAsync(other, cancellation)));
                var terms = new StepReplacementTerms(parsed.GetValue(discard), parsed.GetValue(onRoot), lost);
                int code = await PoolCommand.OrderAsync(
                    parsed, new ReplaceUnitOrder(pool, address, terms), $"{address} runs on an empty directory", cancellation);
                if (code == 0 && !parsed.GetValue(noWait) && !parsed.GetValue(CommonOptions.DryRun))
                {
                    await UnitHealWait.WaitAsync(pool, address, parsed.GetValue(CommonOptions.Json), cancellation);
                }

                return code;
            },
            unit, discard, onRoot, alsoLost, noWait, CommonOptions.DryRun);
    }

    private static Argument<string> CreateUnit() =>
        new("UNIT") { Description = "The unit, NODE:PATH (kadalu unit list), or PATH for one of this node." };

    /// <summary>A unit as it is called everywhere; an IPv6 address as the name of its node may be in brackets.</summary>
    internal static string? WithoutBrackets(string? unit) =>
        unit?.Split("]:", 2) is [['[', .. var node], var path] ? $"{node}:{path}" : unit;

    private static async Task<string> FindAddressAsync(string unit, CancellationToken cancellation)
    {
        if (!unit.StartsWith('/'))
        {
            return WithoutBrackets(unit)!;
        }

        string text = await ManagerAccess.AskAgentAsync("GET", "/v1/node", default, cancellation);
        return $"{ManagerAccess.Read(text, CommandJson.Default.MemberInfo).Name}:{unit}";
    }
}
