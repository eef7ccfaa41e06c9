using System.Diagnostics;
using System.Text.RegularExpressions;
using KadaluFsd.Reference;

namespace KadaluFsd.House.Tests;

/// <summary>Man pages and pages of docs/reference say what the program does.</summary>
public partial class ReferenceTests
{
    private const string Manuals = "packaging/man";

    public static TheoryData<string> ManualPages() =>
        [.. ManualPagePaths().Select(path => Path.GetFileName(path))];

    [Fact]
    public async Task Pages_are_what_the_program_says() =>
        Assert.All(
            await ReferencePages.CreateAsync(House.Root),
            page => Assert.True(
                File.Exists(Path.Combine(House.Root, page.Key)) && House.Read(page.Key) == page.Value,
                $"{page.Key} is not what the program says: run make man"));

    [Fact]
    public void Every_command_has_a_manual_page()
    {
        string synopses = string.Concat(ManualPagePaths().Select(Plain)
            .SelectMany(page => Synopsis().Matches(page)).Select(match => match.Value));
        Assert.All(
            ReferencePages.CommandNames(), command => Assert.Matches($@"\\fB{command}(?![ a-z-])", synopses));
    }

    [Theory]
    [MemberData(nameof(ManualPages))]
    public void A_manual_page_is_set_without_a_warning(string page)
    {
        using Process groff = Process.Start(
            new ProcessStartInfo("groff", ["-man", "-Tutf8", "-ww", "-z", Path.Combine(House.Root, Manuals, page)])
            {
                RedirectStandardError = true,
            })!;
        Assert.Equal("", groff.StandardError.ReadToEnd());
        groff.WaitForExit();
        Assert.Equal(0, groff.ExitCode);
    }

    [Fact]
    public void The_manual_page_of_mount_names_every_option_of_the_helper()
    {
        string cases = House.Read("packaging/mount.kadalu").Split("  case $option in\n")[1].Split("\n  esac")[0];
        string[] options =
        [
            .. CaseLabels().Matches(cases).SelectMany(labels => OptionName().Matches(labels.Value))
                .Select(option => option.Value).Where(option => !s_ofFstab.Contains(option)).Distinct(),
        ];
        Assert.Contains("direct-io-mode", options);
        Assert.Contains("lru-limit", options);
        string page = Plain($"{Manuals}/mount.kadalu.8");
        Assert.All(options, option => Assert.Matches($@"(?<![a-z-]){option}(?![a-z-])", page));
    }

    [Fact]
    public void The_manual_page_of_graphs_names_everything_that_documents_use()
    {
        string page = Plain($"{Manuals}/kadalu-graphs.5");
        string documents = string.Concat(House.Files("src/Volgen/Graphs/data", "*.json").Select(House.Read));
        string[] conditions =
        [
            .. Condition().Matches(documents).SelectMany(match => Quoted().Matches(match.Value.Split(':')[1]))
                .SelectMany(text => text.Groups[1].Value.Split(' ')).Select(fact => fact.TrimStart('!')).Distinct(),
        ];
        string[] places = [.. Placeholder().Matches(documents).Select(match => match.Value).Distinct()];
        Assert.Contains("tie-breaker-unit", conditions);
        Assert.Contains("{units}", places);
        Assert.All(conditions, fact => Assert.Matches($@"\.BR? (.*"" ?,? ?)?{fact}\b", page));
        Assert.All(places, place => Assert.Contains(place, page, StringComparison.Ordinal));
    }

    /// <summary>https://prometheus.io/docs/practices/naming/, as far as it can be checked.</summary>
    [Fact]
    public void Metrics_are_named_as_Prometheus_wants_it()
    {
        Metric[] metrics = [.. MetricPage.Read(MetricSamples.OfUnit()), .. MetricPage.Read(MetricSamples.OfHealDaemon())];
        Assert.True(metrics.Length > 40);
        Assert.All(metrics, metric =>
        {
            Assert.Matches("^kadalu_fsd_[a-z]+(_[a-z]+)*$", metric.Name);
            Assert.Equal(metric.Type == "counter", metric.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.DoesNotMatch("_(count|sum|bucket|gauge|counter|summary|ms|us|ns|milliseconds|kb|mb|kib|mib|percent)(_|$)", metric.Name);
            Assert.Matches(@"^[A-Z0-9][^\n]*\.$", metric.Help.Replace("; always 1.", ".", StringComparison.Ordinal));
            if (DurationOrSize().Match(metric.Name) is { Success: true } quantity)
            {
                Assert.Matches($"_{(quantity.Groups[1].Value is "size" or "memory" ? "bytes" : "seconds")}(_total)?$", metric.Name);
            }

            Assert.All(
                metric.Labels,
                label => Assert.Contains(label.Key, (string[])[
                    "pool", "unit", "node", "group", "directory", "digest", "version", "glusterfs_version", "kind", "code", "state",
                    "reason", "result", "operation"]));
        });
    }

    // What is about lines of fstab(5), and ignored.
    private static readonly string[] s_ofFstab =
        ["defaults", "auto", "noauto", "nouser", "noowner", "nogroup", "_netdev", "nofail", "comment", "helper", "uhelper",
            "norelatime", "nostrictatime", "nolazytime", "loud", "nomand", "noiversion"];

    private static IEnumerable<string> ManualPagePaths() =>
        House.Files(Manuals, "*").Where(path => char.IsAsciiDigit(path[^1]));

    private static string Plain(string path) => House.Read(path).Replace("\\-", "-", StringComparison.Ordinal);

    [GeneratedRegex(@"\.SH SYNOPSIS\n(?s:.*?)\.SH ")]
    private static partial Regex Synopsis();

    [GeneratedRegex("_(duration|timestamp|uptime|size|memory)(_|$)")]
    private static partial Regex DurationOrSize();

    // Labels, which may go on in the next line.
    [GeneratedRegex(@"^    (?:[a-z_""][^()#;]*?\\\n)*\s*[a-z_""][^()#;$]*\)", RegexOptions.Multiline)]
    private static partial Regex CaseLabels();

    [GeneratedRegex(@"(?<![a-zA-Z*?=-])[a-z_][a-z0-9_-]+(?=\)|=|\s|$)")]
    private static partial Regex OptionName();

    [GeneratedRegex(@"""when"": (?:""[^""]*""|\[[^\]]*\])")]
    private static partial Regex Condition();

    [GeneratedRegex(@"""([^""]*)""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{[a-z-]+\}")]
    private static partial Regex Placeholder();
}
