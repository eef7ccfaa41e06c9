using KadaluFsd.Contract;

namespace KadaluFsd.Fsd.Cli;

/// <summary>Commands on pools, which this program had before there were clusters: <c>kadalu</c> has them now.</summary>
internal static class MovedCommands
{
    private const string Pool = "pool";

    /// <summary>Refuses one.</summary>
    /// <param name="arguments">The command line.</param>
    /// <exception cref="CommandException">It is one; says which command of <c>kadalu</c> does the same.</exception>
    internal static void Refuse(string[] arguments)
    {
        if (arguments is [Pool, .. var words])
        {
            throw new CommandException(
                ExitCode.Usage,
                $"pools are those of a cluster, of one node or of many, and {string.Join(' ', NewWords(words))} does this, on " +
                "any node of it (kadalu cluster create makes one)");
        }
    }

    private static IEnumerable<string> NewWords(string[] words) => words switch
    {
        ["replace-unit", .. var rest] => ["kadalu unit replace", .. rest.Where(word => word != "--same-path")],
        ["heal", "split-brain", .. var rest] => ["kadalu heal info", .. rest, "--split-brain"],
        ["heal", "statistics", .. var rest] => ["kadalu heal status", .. rest],
        ["heal", .. var rest] => ["kadalu heal", .. rest],
        ["export", .. var rest] when rest.Contains("--remove") =>
            ["kadalu pool unexport", .. rest.Where(word => word != "--remove")],
        var rest => ["kadalu pool", .. rest],
    };
}
