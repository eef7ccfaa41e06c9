using System.Globalization;
using System.Text;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;

namespace KadaluFsd.Fsd.Cli;

/// <summary>Texts about heals.</summary>
internal static class HealText
{
    internal static string Describe(CopyReport report)
    {
        var text = new StringBuilder();
        if (report.Differences.Length > 0)
        {
            text.Append(PlainText.Table(
                ["UNIT", "PROBLEM", "PATH"],
                report.Differences.Select(difference => new[] { difference.Unit, difference.Problem, difference.Path })));
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

    /// <summary>What has to be healed, as one unit knows it.</summary>
    /// <param name="onlySplitBrain">Whether only files in split-brain were listed.</param>
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
            text.Append(CultureInfo.InvariantCulture, $"  {PlainText.Printable(entry.Path)}{how}\n");
        }

        return text.ToString();
    }
}
