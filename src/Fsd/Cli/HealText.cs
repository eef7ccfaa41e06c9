using System.Globalization;
using System.Text;
using KadaluFsd.Contract;
using KadaluFsd.Pools;

namespace KadaluFsd.Fsd.Cli;

/// <summary>What heals are, for people.</summary>
internal static class HealText
{
    /// <summary>What a comparison of copies has found.</summary>
    internal static string Describe(CopyReport report)
    {
        var text = new StringBuilder();
        if (report.Differences.Length > 0)
        {
            text.Append(PlainText.Table(
                ["UNIT", "PROBLEM", "PATH"],
                report.Differences.Select(
                    difference => new[] { difference.Unit, difference.Problem, Printable(difference.Path) })));
        }

        foreach (string unit in report.Unreachable)
        {
            text.Append(CultureInfo.InvariantCulture, $"{unit} could not be asked\n");
        }

        if (report.Failure is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"it ended early: {report.Failure}\n");
        }

        return text.Append(
            CultureInfo.InvariantCulture,
            $"{report.Directories} directories compared, {report.Waiting} wait for a heal, " +
            $"{report.DifferenceCount} differences\n").ToString();
    }

    // Whatever clients call their files, a line is a file, and a terminal is left alone.
    private static string Printable(string path) =>
        new([.. path.Select(character => char.IsControl(character) ? '?' : character)]);

    /// <summary>What waits for being healed, as one unit knows.</summary>
    /// <param name="onlySplitBrain">Whether it was asked for contradicting copies alone.</param>
    internal static string Describe(HealList list, bool onlySplitBrain)
    {
        var text = new StringBuilder();
        string kind = onlySplitBrain ? "in split-brain" : "to heal";
        text.Append(
            CultureInfo.InvariantCulture, $"{list.Unit}: {(list.IsConnected ? $"{list.Entries.Length} {kind}" : list.Status)}\n");
        foreach (HealEntry entry in list.Entries)
        {
            string how = onlySplitBrain
                ? ""
                : entry.IsSplitBrain
                ? "  in split-brain"
                : entry.IsHealing
                ? "  perhaps being healed" : "";
            text.Append(CultureInfo.InvariantCulture, $"  {Printable(entry.Path)}{how}\n");
        }

        return text.ToString();
    }
}
