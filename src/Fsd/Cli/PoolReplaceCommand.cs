using System.CommandLine;
using KadaluFsd.Contract;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary>
/// <c>kadalu-fsd pool replace-unit</c>: an empty directory takes the place of a unit's, and everything is healed onto it.
/// </summary>
internal static class PoolReplaceCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="create">Makes what replaces units, given the command line.</param>
    /// <returns>The command.</returns>
    internal static Command Create(Func<ParseResult, UnitReplacement> create)
    {
        var unit = new Argument<string>("UNIT") { Description = "The unit, NODE:PATH, of this node." };
        var samePath = new Option<bool>("--same-path")
        {
            Description = "The new directory is at the same path: a new disk is mounted there, or what is there is discarded."
        };
        var discard =
            new Option<bool>("--discard") { Description = "Move what is in the directory aside; without it, it must be empty." };
        var onRoot = new Option<bool>("--root-partition") { Description = "Allow it in the root file system." };
        var alsoLost = new Option<string[]>("--also-lost")
        {
            Description =
                "Another unit of its group, NODE:PATH, that has lost what it had as well: it need not be there. May be given " +
                "several times.",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait until everything is healed." };
        return PoolCommand.WithPool(
            "replace-unit",
            "Start a unit of this node over an empty directory, such as a new disk's, and have it healed from the others of " +
            "its group.", async (parsed, pool, _) =>
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
