using KadaluFsd.Contract;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Native;
using KadaluFsd.Pools;
using KadaluFsd.Volgen;
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

    // Units start in any directory, without a standard error that somebody reads; and what they append to is none of the pool's files.
    private static string? FindWrongPath(string setting, string path)
    {
        string name = UnitSettings.NameOf(setting);
        return !path.StartsWith('/') ? $"{name}: \"{Excerpt.Of(path)}\" is not a path from /"
            : PoolPaths.OfEnvironment().Kept.Any(kept => Path.GetFullPath(path).StartsWith(kept + "/", StringComparison.Ordinal))
            ? $"{name}: {Excerpt.Of(path)} is among the files of pools"
            : null;
    }

    // By the same classes that a unit's process binds them to.
    private static string? Check(string setting, string value)
    {
        if (All.First(option => option.Name == setting).Form.IsPath && FindWrongPath(setting, value) is { } problem)
        {
            return problem;
        }

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
