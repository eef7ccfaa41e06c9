using System.Text.RegularExpressions;

namespace KadaluFsd.House.Tests;

/// <summary>Every page is found from the first one, and every link leads somewhere.</summary>
public partial class DocumentTests
{
    private const string First = "README.md";
    private const int MostLinesOfFirst = 120;

    // Pages that are no part of docs, and are linked.
    private static readonly string[] s_others = ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md"];

    private static readonly string[] s_pages = [First, .. s_others, .. House.Files("docs", "*.md").Order(StringComparer.Ordinal)];

    public static TheoryData<string> Pages() => [.. s_pages];

    [Fact]
    public void The_first_page_is_short() =>
        Assert.InRange(House.Read(First).TrimEnd('\n').Split('\n').Length, 40, MostLinesOfFirst);

    [Fact]
    public void Every_page_is_reached_from_the_first()
    {
        var reached = new HashSet<string>();
        var ahead = new Queue<string>([First]);
        while (ahead.TryDequeue(out string? page))
        {
            if (reached.Add(page) && page.EndsWith(".md", StringComparison.Ordinal))
            {
                foreach ((string path, _) in LinksOf(page))
                {
                    ahead.Enqueue(path);
                }
            }
        }

        Assert.True(s_pages.Length > 30);
        Assert.Empty(s_pages.Except(reached));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void No_link_is_dead(string page) => Assert.All(LinksOf(page), link =>
    {
        string path = Path.Combine(House.Root, link.Path);
        Assert.True(File.Exists(path) || Directory.Exists(path), $"{page} links to {link.Path}, which is not there");
        if (link.Anchor.Length > 0)
        {
            Assert.Contains(link.Anchor, Heading().Matches(House.Read(link.Path)).Select(match => AnchorOf(match.Groups[1].Value)));
        }
    });

    [Theory]
    [InlineData("For volfiles", "for-volfiles")]
    [InlineData("1. One event loop, of our own", "1-one-event-loop-of-our-own")]
    [InlineData("`pool start`: what?", "pool-start-what")]
    public void An_anchor_is_made_as_web_sites_make_it(string heading, string anchor) => Assert.Equal(anchor, AnchorOf(heading));

    // Paths from the top; links to other sites left out.
    private static IEnumerable<(string Path, string Anchor)> LinksOf(string page) =>
        Link().Matches(Code().Replace(House.Read(page), "")).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal)).Select(target =>
            {
                string[] parts = target.Split('#', 2);
                string path = parts[0].Length == 0 ? page : Path.GetRelativePath(
                    House.Root, Path.GetFullPath(Path.Combine(House.Root, Path.GetDirectoryName(page)!, parts[0])));
                return (path, parts.Length > 1 ? parts[1] : "");
            });

#pragma warning disable CA1308 // Anchors are in lower case.
    private static string AnchorOf(string heading) =>
        NoAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');
#pragma warning restore CA1308

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();
}
