using KadaluFsd.Fsd.Cli;
using KadaluFsd.Kadalu.Commands;

namespace KadaluFsd.Reference;

/// <summary>All generated pages.</summary>
internal static class ReferencePages
{
    private const string Manuals = "packaging/man";
    private const string Template = ".in";

    /// <summary>How the commands of all programs that do something are called, such as <c>kadalu pool create</c>.</summary>
    internal static IEnumerable<string> CommandNames() => Programs().SelectMany(
        program => program.Commands, (program, path) => string.Join(' ', path[1..].Select(command => command.Name).Prepend(program.Name)));

    /// <summary>Generates them.</summary>
    /// <param name="root">The top of the source tree, where the hand-written parts are.</param>
    /// <returns>Their texts, by path from there.</returns>
    internal static async Task<SortedDictionary<string, string>> CreateAsync(string root)
    {
        DocumentedProgram[] programs = Programs();
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

            // Pages of no program, such as mount.kadalu(8), name no commands.
            DocumentedProgram program =
                programs.FirstOrDefault(one => page.StartsWith(one.Name, StringComparison.Ordinal)) ?? programs[0];
            pages[$"{Manuals}/{page}"] = ManualPage.Fill(page, await File.ReadAllTextAsync(template), program);
        }

        return pages;
    }

    // Names of pages begin with these: with the longer one first.
    private static DocumentedProgram[] Programs() =>
        [new("kadalu-fsd", CommandTree.Create()), new("kadalu", KadaluTree.Create())];
}
