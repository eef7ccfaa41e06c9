using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd pool replace-unit</c>: heals a unit onto an empty directory.</summary>
internal static class PoolReplaceCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="create">Creates the replacement for a command line.</param>
    internal static Command Create(Func<ParseResult, UnitReplacement> create)
    {
        var unit = new Argument<string>("UNIT") { Description = "The unit, NODE:PATH, of this node." };
        var samePath = new Option<bool>("--same-path")
        {
            Description = "The new directory is at the same path: a new disk is mounted there, or what is there is discarded."
        };
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
            "replace-unit",
            "Start a unit of this node on an empty directory, such as a new disk, and heal it from the other units of its " +
            "group.", async (parsed, pool, _) =>
        {
            if (!parsed.GetValue(samePath))
            {
                throw new CommandException(ExitCode.Usage, "say --same-path: a unit is replaced at its own path");
            }

            UnitReplacement replacement = create(parsed);
            string address = parsed.GetValue(unit)!;
            bool isWhole = await replacement.StartAsync(
                pool, address, parsed.GetValue(discard), parsed.GetValue(onRoot), parsed.GetValue(alsoLost) ?? []);
            if (isWhole && !parsed.GetValue(noWait))
            {
                await replacement.WaitUntilHealedAsync(pool, address);
            }

            return (int)ExitCode.Success;
        }, unit, samePath, discard, onRoot, alsoLost, noWait);
    }
}
