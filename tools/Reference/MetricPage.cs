using System.Text;
using System.Text.RegularExpressions;

namespace KadaluFsd.Reference;

/// <summary>A metric: all samples of one name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>gauge</c>, <c>counter</c> or <c>summary</c>.</param>
/// <param name="Help">What it is.</param>
/// <param name="Labels">Labels with their values.</param>
internal sealed record Metric(string Name, string Type, string Help, ILookup<string, string> Labels);

/// <summary>The metrics of units and self-heal daemons, read from what they write.</summary>
internal static partial class MetricPage
{
    // Labels whose values are the program's own words.
    private static readonly string[] s_fixed = ["code", "kind", "reason", "result", "state"];

    /// <summary>The page.</summary>
    internal static string Create()
    {
        var text = new StringBuilder(
            "<!-- Made by `make man` of src/Daemons/Unit/UnitMetrics.cs and src/Daemons/Heal/HealMetrics.cs. -->\n" +
            "# Metrics\n\n" +
            "`GET /metrics` on the [control socket](control-api.md), or over TCP with `--metrics-listen`, answers in Prometheus's text format.\n" +
            "Units of measure are in the names: seconds and bytes. A counter ends in `_total` and starts at zero with the process, but for\n" +
            "`starts_total`. Metrics of a unit carry no labels that say which unit it is: `kadalu_fsd_unit_info` does, for joins such as\n" +
            "`kadalu_fsd_ready * on (instance) group_left (pool, unit, node) kadalu_fsd_unit_info`.\n");
        Append(text, "A storage unit", MetricSamples.OfUnit());
        Append(text, "A self-heal daemon", MetricSamples.OfHealDaemon());
        return text.ToString();
    }

    /// <summary>Reads what a process writes.</summary>
    internal static IReadOnlyList<Metric> Read(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. Heading().Matches(text).Select(heading => new Metric(
            heading.Groups["name"].Value, heading.Groups["type"].Value, heading.Groups["help"].Value,
            lines.Where(line => Regex.IsMatch(line, $"^{heading.Groups["name"].Value}(_sum|_count)?[{{ ]"))
                .SelectMany(line => Label().Matches(line))
                .ToLookup(label => label.Groups[1].Value, label => label.Groups[2].Value)))];
    }

    private static void Append(StringBuilder text, string title, string metrics)
    {
        text.Append($"\n## {title}\n\n| metric | type | labels | what it is |\n|---|---|---|---|\n");
        foreach (Metric metric in Read(metrics))
        {
            IEnumerable<string> labels = metric.Labels.Select(label => s_fixed.Contains(label.Key) && label.Count() > 1
                ? $"`{label.Key}`: {string.Join(", ", label.Distinct().Select(value => $"`{value}`"))}"
                : $"`{label.Key}`");
            text.Append($"| `{metric.Name}` | {metric.Type} | {string.Join("; ", labels)} | {metric.Help} |\n");
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>\w+) (?<help>.*)\n# TYPE \w+ (?<type>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("""(\w+)="((?:[^"\\]|\\.)*)",?""")]
    private static partial Regex Label();
}
