using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.Cluster.Commands;
using KadaluFsd.Cluster.Steps;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Kadalu.Client;
using KadaluFsd.Kadalu.Output;
using KadaluFsd.Kadalu.Status;
using KadaluFsd.Volgen.Pools;

namespace KadaluFsd.Kadalu.Commands;

/// <summary><c>kadalu unit</c>: storage units, each named <c>NODE:PATH</c>.</summary>
internal static class UnitCommand
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(2);

    // Self-heal daemons try again what they could not heal every ten minutes only.
    private static readonly TimeSpan s_orderEvery = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_movesWithin = TimeSpan.FromMinutes(10);

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
                    await WaitUntilHealedAsync(pool, address, parsed.GetValue(CommonOptions.Json), cancellation);
                }

                return code;
            },
            unit, discard, onRoot, alsoLost, noWait, CommonOptions.DryRun);
    }

    // Twice in a row: what is written meanwhile has to be healed for a moment as well.
    private static async Task WaitUntilHealedAsync(string pool, string unit, bool isJson, CancellationToken cancellation)
    {
        PoolCondition before = (await PoolStatusCommand.AskAsync(pool, cancellation))[0];
        int? group = before.Units.FirstOrDefault(other => other.Address == unit)?.Group;
        if (before.Units.Any(other => other.Group == group && other.Address != unit && other.State is "down" or "unknown"))
        {
            // Not everything can be healed now: the node has said which units that waits for.
            return;
        }

        await Terminal.ShowAsync(async show =>
        {
            string said = "";
            long moved = Stopwatch.GetTimestamp();
            long ordered = moved;
            for (int quiet = 0; quiet < 2;)
            {
                PoolCondition condition = (await PoolStatusCommand.AskAsync(pool, cancellation))[0];
                string? left = condition.DescribeHeals();
                quiet = left is null ? quiet + 1 : 0;
                if (left is not null && left != said)
                {
                    (said, moved) = (left, Stopwatch.GetTimestamp());
                    if (!isJson)
                    {
                        Terminal.Line($"{unit}: {left}");
                    }
                }

                if (left is not null && Stopwatch.GetElapsedTime(moved) > s_movesWithin)
                {
                    throw new CommandException(
                        ExitCode.Degraded,
                        $"{unit} is not healed: {left}, for {s_movesWithin.TotalMinutes} minutes (kadalu heal info {pool})");
                }

                if (left is not null && Stopwatch.GetElapsedTime(ordered) > s_orderEvery)
                {
                    ordered = Stopwatch.GetTimestamp();
                    await OrderHealAsync(condition, unit, cancellation);
                }

                show($"{unit}: {left ?? "nothing is left to be healed"}");
                await Task.Delay(quiet == 2 ? TimeSpan.Zero : s_lookEvery, cancellation);
            }

            return true;
        });
        if (!isJson)
        {
            Terminal.Line($"{unit} has everything again: nothing in {pool} has to be healed");
        }
    }

    // Disperse groups find nothing in indices of a unit that was empty.
    private static async Task OrderHealAsync(PoolCondition condition, string unit, CancellationToken cancellation)
    {
        Pool pool = PoolCondition.ReadPool(condition.Info.Definition);
        bool isFull = pool.Members.Any(
            member => member.Unit.Address == unit && pool.Groups[member.Group].Kind == GroupKind.Disperse);
        try
        {
            await ManagerAccess.SendAsync(
                HealCommand.PathOf(pool.Name, "/crawls"), new CrawlOrder(isFull), CommandJson.Default.CrawlOrder,
                CommandJson.Default.CrawlAnswer, cancellation);
        }
        catch (CommandException)
        {
            // Not now: a self-heal daemon is starting, for example.
        }
    }

    private static Argument<string> CreateUnit() =>
        new("UNIT") { Description = "The unit, NODE:PATH (kadalu unit list), or PATH for one of this node." };

    private static async Task<string> FindAddressAsync(string unit, CancellationToken cancellation)
    {
        if (!unit.StartsWith('/'))
        {
            return unit;
        }

        string text = await ManagerAccess.AskAgentAsync("GET", "/v1/node", default, cancellation);
        return $"{ManagerAccess.Read(text, CommandJson.Default.MemberInfo).Name}:{unit}";
    }
}
