using System.CommandLine;
using KadaluFsd.Hosting.Options;

namespace KadaluFsd.CommandLine;

/// <summary>The options of <see cref="DaemonOptionTable"/> as flags of a command.</summary>
public sealed class DaemonFlags
{
    private readonly List<(OptionDefinition Definition, Option<string> Flag)> _flags = [];

    private DaemonFlags()
    {
    }

    /// <summary>Adds the flags to a command.</summary>
    public static DaemonFlags AddTo(Command command, DaemonCommands kind)
    {
        var flags = new DaemonFlags();
        foreach (OptionDefinition definition in DaemonOptionTable.For(kind))
        {
            var flag = new Option<string>(definition.Flag)
            {
                HelpName = definition.IsSwitch ? "true|false" : definition.Placeholder,
                Description = definition.Description,
                Arity = definition.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
            };
            flags._flags.Add((definition, flag));
            command.Add(flag);
        }

        return flags;
    }

    /// <summary>What was given on the command line.</summary>
    /// <returns>Values by option name.</returns>
    public Dictionary<string, string> Given(ParseResult parsed) => _flags
        .Where(pair => parsed.GetResult(pair.Flag) is { Implicit: false })
        .ToDictionary(pair => pair.Definition.Name, pair => parsed.GetValue(pair.Flag) ?? "true", StringComparer.Ordinal);
}
