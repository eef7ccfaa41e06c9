using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Native;
using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Fsd.Cli;

/// <summary>What a pool may set for the processes of its units: their options, but for those that it decides itself.</summary>
internal static class PoolSettings
{
    /// <summary>The options that may be set, in the order of the help.</summary>
    internal static IEnumerable<OptionDefinition> All =>
        DaemonOptionTable.For(DaemonCommands.Unit).Where(option => !option.IsOfPool);

    /// <summary>The rules for all options of pools.</summary>
    internal static PoolOptions CreateOptions() => new(
        TranslatorRules.Of,
        new UnitSettings(
            All.Select(option => option.Name).ToHashSet(),
            All.Where(option => option.IsExclusive).Select(option => option.Name).ToHashSet(), Check));

    // By the same classes that a unit's process binds them to.
    private static string? Check(string setting, string value)
    {
        try
        {
            var values = new Dictionary<string, string> { [DaemonOptionTable.Volfile] = "/", [setting] = value };
            _ = DaemonCommand.CreateProcess(
                DaemonCommands.Unit,
                GivenOptions.Read(DaemonCommands.Unit, values, option => UnitSettings.NameOf(option.Name)));
            return null;
        }
        catch (CommandException exception)
        {
            return exception.Message;
        }
    }
}
