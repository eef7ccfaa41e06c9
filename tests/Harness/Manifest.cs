using System.Globalization;
using KadaluFsd.Shared;

namespace KadaluFsd.Harness;

/// <summary>
/// Lists of everything in a directory tree, a line each with all that can be compared: <c>native/manifest.c</c>.
/// </summary>
internal sealed class Manifest
{
    private readonly string _program;

    private Manifest(string program) => _program = program;

    internal static async Task<Manifest> CompileAsync(Workspace workspace) =>
        new(await NativeProgram.CompileAsync(workspace, "tests/Harness/native/manifest.c"));

    /// <summary>Of a storage unit's directory; without contents where units have parts or none of them.</summary>
    internal Task<string[]> OfUnitAsync(string directory, bool hasContents) =>
        ListAsync(hasContents ? [directory, "unit"] : [directory, "unit", "names"]);

    /// <summary>Of a mount.</summary>
    internal Task<string[]> OfMountAsync(string directory) => ListAsync([directory]);

    /// <summary>
    /// Waits until the units of a group are equal: what a heal has moved out of the way is a further link of its file, and is
    /// removed a moment after nothing is left to be healed.
    /// </summary>
    internal async Task EqualAsync(string[] units, bool hasContents)
    {
        string difference = "";
        await Until.SoAsync(
            "the copies are alike",
            async () => (difference = await DifferenceAsync(units, hasContents)).Length == 0, () => difference);
    }

    /// <summary>What makes the first unit that differs from the first one different; nothing where they are equal.</summary>
    internal async Task<string> DifferenceAsync(string[] units, bool hasContents)
    {
        string[] first = await OfUnitAsync(units[0], hasContents);
        foreach (string unit in units.Skip(1))
        {
            string[] other = await OfUnitAsync(unit, hasContents);
            if (Difference(first, other) is { Length: > 0 } difference)
            {
                return $"{units[0]} (<) and {unit} (>): {difference}";
            }
        }

        return "";
    }

    /// <summary>The lines that only one of two lists has, the first of them.</summary>
    internal static string Difference(string[] one, string[] other)
    {
        string[] lines = [.. one.Except(other).Select(line => "< " + line), .. other.Except(one).Select(line => "> " + line)];
        return lines.Length == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"{lines.Length} lines differ:\n{string.Join('\n', lines.Order(StringComparer.Ordinal).Take(20))}");
    }

    private async Task<string[]> ListAsync(string[] arguments)
    {
        Command result = await Command.RunAsync(_program, arguments);

        // What cannot be read is part of what there is.
        return [.. (result.Output + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
