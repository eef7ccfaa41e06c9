using System.CommandLine;
using System.Text;

namespace KadaluFsd.Reference;

/// <summary>How a command stands in a man page. A command is given with those that it is below, the program first.</summary>
/// <param name="program">The program's name.</param>
internal sealed class CommandText(string program)
{
    private const int MostInSynopsis = 6;

    /// <summary>Its call, with its options where there are few.</summary>
    internal string Synopsis(Command[] path)
    {
        Option[] options = [.. path[^1].Options.Where(IsShown)];
        IEnumerable<string> shown = options.Length > MostInSynopsis ? [$"[{Roff.Italic("OPTION")} ...]"]
            : options.Select(option => $"[{Heading(option, separator: "|")}]");
        return $"{string.Join(' ', [Name(path), .. path[^1].Arguments.Select(Call), .. shown])}\n";
    }

    /// <summary>Its call, what it does, and what it takes.</summary>
    internal string Section(Command[] path) =>
        $".SS {string.Join(' ', [Name(path), .. path[^1].Arguments.Select(Call)])}\n" +
        $"{Roff.Text(path[^1].Description!)}\n{Symbols(path[^1], path[^2])}";

    /// <summary>Its call, and what it does.</summary>
    internal string Entry(Command[] path) =>
        $".TP\n{string.Join(' ', [Name(path[1..]), .. path[^1].Arguments.Select(Call)])}\n{Roff.Text(path[^1].Description!)}\n";

    /// <summary>An option, and what it does.</summary>
    internal static string Entry(Option option) =>
        $".TP\n{Heading(option, separator: ", ")}\n{Roff.Text(option.Description!)}\n";

    /// <summary>Its arguments and options. Options that the command above it has too are only mentioned.</summary>
    internal string Symbols(Command command, Command? above = null)
    {
        string[] known = [.. (above?.Options ?? []).Select(option => option.Name)];
        var text = new StringBuilder();
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            text.Append($".TP\n{Call(argument)}\n{Roff.Text(argument.Description!)}\n");
        }

        foreach (Option option in command.Options.Where(option => IsShown(option) && !known.Contains(option.Name)))
        {
            text.Append(Entry(option));
        }

        return command.Options.Any(option => known.Contains(option.Name))
            ? text.Append($".PP\nIt also takes the options of {Roff.Bold($"{program} {above!.Name}")}.\n").ToString()
            : text.ToString();
    }

    private static bool IsShown(Option option) => !option.Hidden;

    private string Name(Command[] path) =>
        Roff.Bold(string.Join(' ', path.Select(command => command is RootCommand ? program : command.Name)));

    private static string Call(Argument argument)
    {
        string name = Roff.Italic(argument.Name) + (argument.Arity.MaximumNumberOfValues > 1 ? " ..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static string Heading(Option option, string separator)
    {
        string names = string.Join(separator, option.Aliases.Prepend(option.Name).Order(StringComparer.Ordinal).Select(Roff.Bold));
        return option.ValueType == typeof(bool) ? names
            : option.HelpName is not { } value ? throw new FormatException($"{option.Name} has no name for its value")
            : option.Arity.MinimumNumberOfValues == 0 ? $"{names} [{Roff.Italic(value)}]" : $"{names} {Roff.Italic(value)}";
    }
}
