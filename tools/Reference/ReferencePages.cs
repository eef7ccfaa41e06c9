using System.CommandLine;
using KadaluFsd.Fsd.Cli;

namespace KadaluFsd.Reference;

/// <summary>All generated pages.</summary>
internal static class ReferencePages
{
    private const string Manuals = "packaging/man";
    private const string Template = ".in";

    /// <summary>The names of the program's commands, those that are hidden left out.</summary>
    internal static IEnumerable<string> CommandNames() =>
        CommandTree.Create().Subcommands.Where(command => !command.Hidden).Select(command => command.Name);

    /// <summary>Generates them.</summary>
    /// <param name="root">The top of the source tree, where the hand-written parts are.</param>
    /// <returns>Their texts, by path from there.</returns>
    internal static async Task<SortedDictionary<string, string>> CreateAsync(string root)
    {
        RootCommand commands = CommandTree.Create();
        var pages = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["docs/reference/exit-codes.md"] = ExitCodePage.Create(),
            ["docs/reference/metrics.md"] = MetricPage.Create(),
            ["docs/reference/options.md"] = OptionPage.Create(),
            ["src/Daemons/Heal/openapi.json"] =
                await ControlApiDocument.CreateAsync(ControlRoutes.OfHealDaemon(), "self-heal daemon"),
            ["src/Daemons/Unit/openapi.json"] = await ControlApiDocument.CreateAsync(ControlRoutes.OfUnit(), "storage unit"),
        };
        foreach (string template in Directory.EnumerateFiles(Path.Combine(root, Manuals), "*" + Template))
        {
            string page = Path.GetFileNameWithoutExtension(template);
            pages[$"{Manuals}/{page}"] = ManualPage.Fill(page, await File.ReadAllTextAsync(template), commands);
        }

        return pages;
    }
}
