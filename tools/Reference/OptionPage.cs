using System.Text;
using System.Text.RegularExpressions;
using KadaluFsd.Contract;
using KadaluFsd.Fsd.Cli;
using KadaluFsd.Hosting.Options;
using KadaluFsd.Manager;

namespace KadaluFsd.Reference;

/// <summary>The options of the processes that run until they are told to stop.</summary>
internal static partial class OptionPage
{
    // No option takes it; what is refused says what is taken.
    private const string Refused = "\0";
    private const string Expected = "is not ";

    private static readonly (DaemonCommands Command, string Name)[] s_commands =
    [
        (DaemonCommands.Unit, "unit"), (DaemonCommands.HealDaemon, "heal-daemon"), (DaemonCommands.Gateway, "gateway"),
        (DaemonCommands.Agent, "agent"), (DaemonCommands.Manager, "manager"),
    ];

    /// <summary>The page.</summary>
    internal static string Create()
    {
        var text = new StringBuilder(
            "<!-- Made by `make man` of src/Hosting/Options. -->\n" +
            "# Options\n\n" +
            "Each option of `kadalu-fsd unit`, `heal-daemon`, `gateway` and `agent` can be a flag (`--log-level DEBUG`), an environment\n" +
            "variable (`KADALU_FSD_LOG_LEVEL=DEBUG`) or a member of the JSON object in `--config FILE` (`\"log-level\": \"DEBUG\"`). A flag wins\n" +
            "over a variable, which wins over the file. `kadalu manager` has flags and variables only. What pools set is in\n" +
            "[pools](../operations/pools.md).\n");
        foreach ((DaemonCommands command, string name) in s_commands)
        {
            text.Append($"\n## {name}\n\n| option | value | default | what it does |\n|---|---|---|---|\n");
            foreach (OptionDefinition option in DaemonOptionTable.For(command))
            {
                (string description, string fallback) = Split(option.Description);
                text.Append($"| `{option.Flag}` | {Cell(Accepted(command, option))} | {Cell(fallback)} | {Cell(description)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Accepted(DaemonCommands command, OptionDefinition option)
    {
        var flags = DaemonOptionTable.For(command).Where(one => one.IsRequired).ToDictionary(one => one.Name, _ => "1");
        flags[option.Name] = Refused;
        try
        {
            var given = GivenOptions.Read(command, flags, _ => null, file: null);
            _ = command == DaemonCommands.Manager ? ClusterManager.Create(given) : DaemonCommand.CreateProcess(command, given);
        }
        catch (CommandException exception)
        {
            string message = exception.Message;
            return Example().Replace(message[message.IndexOf(Expected, StringComparison.Ordinal)..][Expected.Length..], "");
        }

        throw new InvalidOperationException($"{option.Flag} takes anything");
    }

    private static (string Description, string Default) Split(string description)
    {
        Match match = Default().Match(description);
        return match.Success
            ? (description.Remove(match.Index, match.Length), match.Groups[1].Value)
            : (description, "");
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    // What is quoted is what was refused.
    [GeneratedRegex("""\s\("\0".*\)$""")]
    private static partial Regex Example();

    [GeneratedRegex(@" \(default:? ([^)]*)\)")]
    private static partial Regex Default();
}
