using System.CommandLine;
using System.Text.RegularExpressions;
using KadaluFsd.Contract;

namespace KadaluFsd.Reference;

/// <summary>
/// A man page: a hand-written template with lines that stand for what the program says itself. <c>@SYNOPSIS unit, gateway@</c>
/// stands for how these commands are called, <c>@OPTIONS unit@</c> for what one takes, <c>@COMMANDS pool, status@</c> for these and
/// the commands below them, <c>@LIST@</c> for all commands in short, <c>@EXIT@</c> for the exit codes; <c>@VERSION@</c>, anywhere, is
/// the program's version.
/// </summary>
internal static partial class ManualPage
{
    /// <summary>Fills a template.</summary>
    /// <param name="name">The page's name, for errors.</param>
    /// <param name="template">The template.</param>
    /// <param name="root">The program's commands.</param>
    /// <exception cref="FormatException">A line of it stands for nothing.</exception>
    internal static string Fill(string name, string template, RootCommand root) =>
        $".\\\" Made of packaging/man/{name}.in and of the program's commands by `make man`.\n" +
        Place().Replace(template.Replace("@VERSION@", ProgramVersion.Text, StringComparison.Ordinal), match =>
        {
            Command[][] commands =
                [.. match.Groups[2].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(path => Find(root, path))];
            return match.Groups[1].Value switch
            {
                "SYNOPSIS" => ".SH SYNOPSIS\n" + string.Join(".br\n", commands.SelectMany(Leaves).Select(CommandText.Synopsis)),
                "OPTIONS" => ".SH OPTIONS\n" + string.Concat(commands.Select(path => CommandText.Symbols(path[^1]))),
                "COMMANDS" => ".SH COMMANDS\n" + string.Concat(commands.SelectMany(Leaves).Select(CommandText.Section)),
                "LIST" => ".SH COMMANDS\n" + string.Concat(Leaves([root]).Select(CommandText.Entry)),
                "EXIT" => ".SH EXIT STATUS\n" + string.Concat(ExitCodePage.Meanings().Select(
                    code => $".TP\n.B {code.Code:D}\n{Roff.Text(code.Meaning)}\n")),
                string other => throw new FormatException($"{name}: @{other}@ stands for nothing"),
            };
        });

    private static Command[] Find(RootCommand root, string path)
    {
        var found = new List<Command> { root };
        foreach (string word in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            found.Add(found[^1].Subcommands.FirstOrDefault(command => command.Name == word) ??
                throw new FormatException($"there is no command {path.Trim()}"));
        }

        return [.. found];
    }

    // The commands that do something, each with those that it is below.
    private static IEnumerable<Command[]> Leaves(Command[] path)
    {
        IEnumerable<Command[]> below = path[^1].Subcommands.Where(command => !command.Hidden)
            .SelectMany(command => Leaves([.. path, command]));
        return path[^1].Action is null || path[^1] is RootCommand ? below : below.Prepend(path);
    }

    [GeneratedRegex(@"^@([A-Z]+)((?: [a-z-]+,?)*)@\n", RegexOptions.Multiline)]
    private static partial Regex Place();
}
