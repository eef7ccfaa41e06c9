using System.CommandLine;

namespace KadaluFsd.Reference;

/// <summary>A program that pages are made of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Root">Its commands.</param>
internal sealed record DocumentedProgram(string Name, RootCommand Root)
{
    /// <summary>The commands that do something, each with those that it is below, the program first; those that are hidden left out.</summary>
    internal IEnumerable<Command[]> Commands => Below([Root]);

    /// <summary>Finds a command.</summary>
    /// <param name="path">Its name, behind those of the commands that it is below; nothing for the program.</param>
    /// <returns>It, with those that it is below.</returns>
    /// <exception cref="FormatException">There is none.</exception>
    internal Command[] Find(string path)
    {
        var found = new List<Command> { Root };
        foreach (string word in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            found.Add(found[^1].Subcommands.FirstOrDefault(command => command.Name == word) ??
                throw new FormatException($"{Name} has no command {path.Trim()}"));
        }

        return [.. found];
    }

    /// <summary>The commands that do something, among a command and those below it.</summary>
    /// <param name="path">The command, with those that it is below.</param>
    internal static IEnumerable<Command[]> Below(Command[] path)
    {
        IEnumerable<Command[]> below = path[^1].Subcommands.Where(command => !command.Hidden)
            .SelectMany(command => Below([.. path, command]));
        return path[^1].Action is null || path[^1] is RootCommand ? below : below.Prepend(path);
    }
}
