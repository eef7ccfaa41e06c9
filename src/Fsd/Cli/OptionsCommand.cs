using System.CommandLine;
using System.IO.Enumeration;
using KadaluFsd.Contract;
using KadaluFsd.Daemons.Graph;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Volgen.Graphs;
using KadaluFsd.Volgen.Options;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd options</c>: lists the options of pools.</summary>
internal static class OptionsCommand
{
    internal static Command Create()
    {
        var pattern =
            new Argument<string?>("PATTERN")
            {
                Arity = ArgumentArity.ZeroOrOne,
                Description = "Only options with this text in their name; * and ? stand for any text and any character."
            };
        var command =
            new Command("options",
                "List the options of pools: values, default, description, and whether running graphs take them.") { pattern };
        command.SetAction(parsed =>
        {
            GraphStarter.LoadLibrary();
            string wanted = parsed.GetValue(pattern) ?? "*";
            IGrouping<string, OptionTarget>[] found =
                [.. OptionNames.All.GroupBy(target => target.Name).Where(option => Fits(option.Key, wanted))];
            OptionDefinition[] settings =
                [.. PoolSettings.All.Where(option => Fits(UnitSettings.NameOf(option.Name), wanted))];
            if (found.Length + settings.Length == 0)
            {
                throw new CommandException(ExitCode.Usage, $"no option has \"{wanted}\" in its name");
            }

            foreach (IGrouping<string, OptionTarget> option in found)
            {
                Console.WriteLine(Describe(option.Key, [.. option]));
            }

            foreach (OptionDefinition setting in settings)
            {
                Console.WriteLine(
                    $"{UnitSettings.NameOf(setting.Name)}\n" +
                    $"    {(setting.IsSwitch ? "true|false" : setting.Placeholder)}; at the next start of a unit\n" +
                    $"    {setting.Description}\n");
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    /// <summary>Whether an option is among those that are asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pattern">A part of the name; or, with <c>*</c> or <c>?</c> in it, what the whole name is like.</param>
    /// <returns>Whether it is.</returns>
    internal static bool Fits(string name, string pattern) =>
        pattern.AsSpan().ContainsAny('*', '?')
            ? FileSystemName.MatchesSimpleExpression(pattern, name)
            : name.Contains(pattern, StringComparison.OrdinalIgnoreCase);

    private static string Describe(string name, OptionTarget[] targets)
    {
        OptionTarget first = targets[0];
        string where = string.Join(", ", targets.Select(target => target.Type).Distinct());
        if (first.Key is null)
        {
            GraphLayer layer = GraphDocument.Default(first.Graphs[0]).Layers.First(layer => layer.Switch == name);
            bool isLive = layer.Setting is not null || first.Graphs[0] != GraphDocument.Unit;
            return $"{name}\n    on|off, default {(layer.IsOff ? "off" : "on")}; " +
                $"{(isLive ? "live" : "needs a restart of units")}\n" +
                $"    {(layer.Setting is null ? "adds or removes" : "switches")} the layer {where}\n";
        }

        if (PoolSettings.CreateOptions().RuleOf(first) is not { } rule)
        {
            return $"{name}\n    of {where}, which does not describe it\n";
        }

        return $"{name}\n    {rule.Range}, default {(rule.DefaultValue is { Length: > 0 } value ? value : "none")}; " +
            $"{(rule.IsLive ? "live" : "at the next start")}; {where}\n" +
            (rule.Description is null ? ""
                : $"    {string.Join(' ', rule.Description.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}\n");
    }
}
