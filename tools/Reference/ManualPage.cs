using System.CommandLine;
using System.CommandLine.Help;
using System.Text.RegularExpressions;
using KadaluFsd.Contract;

namespace KadaluFsd.Reference;

/// <summary>
/// A man page: a hand-written template with lines that stand for what a program says itself. <c>@SYNOPSIS unit, gateway@</c>
/// stands for how these commands are called, <c>@OPTIONS unit@</c> for what one takes, <c>@OPTIONS@</c> for what all commands take,
/// <c>@COMMANDS pool, status@</c> for these and the commands below them, <c>@LIST@</c> for all commands in short, <c>@EXIT@</c> for
/// the exit codes; <c>@VERSION@</c>, anywhere, is the version of all programs.
/// </summary>
internal static partial class ManualPage
{
    /// <summary>Fills a template.</summary>
    /// <param name="name">The page's name, for errors.</param>
    /// <param name="template">The template.</param>
    /// <param name="program">The program whose commands it names.</param>
    /// <exception cref="FormatException">A line of it stands for nothing.</exception>
    internal static string Fill(string name, string template, DocumentedProgram program)
    {
        var text = new CommandText(program.Name);
        return $".\\\" Made of packaging/man/{name}.in and of the program's commands by `make man`.\n" +
            Place().Replace(template.Replace("@VERSION@", ProgramVersion.Text, StringComparison.Ordinal), match =>
            {
                Command[][] commands =
                    [.. match.Groups[2].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(program.Find)];
                return match.Groups[1].Value switch
                {
                    "SYNOPSIS" => ".SH SYNOPSIS\n" +
                        string.Join(".br\n", commands.SelectMany(DocumentedProgram.Below).Select(text.Synopsis)),
                    "OPTIONS" when commands.Length == 0 => ".SH OPTIONS\n" + string.Concat(
                        program.Root.Options.Where(option => option.Recursive && option is not HelpOption).Select(CommandText.Entry)),
                    "OPTIONS" => ".SH OPTIONS\n" + string.Concat(commands.Select(path => text.Symbols(path[^1]))),
                    "COMMANDS" => ".SH COMMANDS\n" +
                        string.Concat(commands.SelectMany(DocumentedProgram.Below).Select(text.Section)),
                    "LIST" => ".SH COMMANDS\n" + string.Concat(program.Commands.Select(text.Entry)),
                    "EXIT" => ".SH EXIT STATUS\n" + string.Concat(ExitCodePage.Meanings().Select(
                        code => $".TP\n.B {code.Code:D}\n{Roff.Text(code.Meaning)}\n")),
                    string other => throw new FormatException($"{name}: @{other}@ stands for nothing"),
                };
            });
    }

    [GeneratedRegex(@"^@([A-Z]+)((?: [a-z-]+,?)*)@\n", RegexOptions.Multiline)]
    private static partial Regex Place();
}
