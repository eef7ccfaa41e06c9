using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using KadaluFsd.Contract;

namespace KadaluFsd.Pools;

/// <summary>
/// Parses glfsheal's output: a block for each unit, with entries, status and count. File names may contain anything, line breaks
/// too: what glfsheal cannot have written itself is rejected.
/// </summary>
public static class HealListing
{
    private const string UnitLine = "Brick ";
    private const string StatusLine = "Status: ";
    private const string CountLine = "Number of entries";
    private const string SplitBrainMark = " - Is in split-brain";
    private const string HealingMark = " - Possibly undergoing heal";

    /// <summary>Parses the text output, which has the state of each file.</summary>
    /// <param name="units">All units, as <c>NODE:PATH</c>.</param>
    /// <param name="onlySplitBrain">Whether it lists only files in split-brain, which it does not mark then.</param>
    /// <returns>By unit; null where a name makes it ambiguous: each unit appears once, with as many lines as its count
    /// says.</returns>
    public static HealList[]? Parse(string output, IReadOnlyCollection<string> units, bool onlySplitBrain)
    {
        var lists = new List<HealList>();
        string? unit = null;
        string? status = null;
        List<HealEntry> entries = [];
        foreach (string line in output.Split('\n'))
        {
            if (unit is null && line.Trim().Length == 0)
            {
                continue;
            }

            if (line.StartsWith(UnitLine, StringComparison.Ordinal))
            {
                string name = line[UnitLine.Length..];
                if (unit is not null || !units.Contains(name) || lists.Any(list => list.Unit == name))
                {
                    return null;
                }

                (unit, status, entries) = (name, null, []);
            }
            else if (line.StartsWith(StatusLine, StringComparison.Ordinal) && unit is not null && status is null)
            {
                status = line[StatusLine.Length..];
            }
            else if (line.StartsWith(CountLine, StringComparison.Ordinal) && unit is not null && status is not null)
            {
                string count = line[(line.LastIndexOf(' ') + 1)..];
                if (count != "-" && count != entries.Count.ToString(CultureInfo.InvariantCulture))
                {
                    return null;
                }

                lists.Add(new HealList(unit, status, [.. entries]));
                unit = null;
            }
            else if (
                unit is not null &&
                status is null && (line.StartsWith('/') || line.StartsWith(HealEntry.GfidMark, StringComparison.Ordinal)))
            {
                if (ReadEntry(line, onlySplitBrain) is not { } entry)
                {
                    return null;
                }

                entries.Add(entry);
            }
            else if (unit is not null || lists.Count > 0)
            {
                return null;
            }
        }

        return unit is null ? [.. lists] : null;
    }

    /// <summary>Parses the XML output, which names cannot make ambiguous, but which has no states.</summary>
    /// <exception cref="XmlException">It is not valid.</exception>
    public static HealList[] ParseXml(string output, bool onlySplitBrain)
    {
        using var text = new StringReader(output);
        using var reader =
            XmlReader.Create(text, new XmlReaderSettings { CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit });
        return
        [
            .. XDocument.Load(reader).Descendants("brick").Select(unit => new HealList(
                (string?)unit.Element("name") ?? "", (string?)unit.Element("status") ?? "not asked",
                [.. unit.Elements("file").Select(file => new HealEntry(file.Value, onlySplitBrain, IsHealing: false))])),
        ];
    }

    // glfsheal prints a blank behind the name where there is no state, and nothing if it lists split-brain alone (glfs-heal.c):
    // further blanks belong to the name, and a line without any is only a part of it.
    private static HealEntry? ReadEntry(string line, bool onlySplitBrain) =>
        line.EndsWith(SplitBrainMark, StringComparison.Ordinal)
            ? new HealEntry(line[..^SplitBrainMark.Length], IsSplitBrain: true, IsHealing: false)
        : line.EndsWith(HealingMark, StringComparison.Ordinal)
            ? new HealEntry(line[..^HealingMark.Length], onlySplitBrain, IsHealing: true) { Line = line }
        : onlySplitBrain ? new HealEntry(line, IsSplitBrain: true, IsHealing: false)
        : line.EndsWith(' ') ? new HealEntry(line[..^1], IsSplitBrain: false, IsHealing: false) : null;
}
