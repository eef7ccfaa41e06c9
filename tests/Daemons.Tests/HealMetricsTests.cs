using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Daemons.Heal;

namespace KadaluFsd.Daemons.Tests;

/// <summary>Figures of searches for what needs healing.</summary>
public class HealMetricsTests
{
    private static readonly DateTime s_time = DateTime.UnixEpoch.AddSeconds(1000);

    [Fact]
    public void Of_each_unit_the_latest_search_that_has_ended_counts_and_those_that_go_on()
    {
        string[] lines = Write(
            new("r0", "c0", false, s_time, s_time.AddSeconds(5), 1, 2, 3),
            new("r0", "c0", false, s_time, s_time.AddSeconds(1), 9, 9, 9),
            new("r0", "c0", true, s_time, null, 7, 7, 7),
            new("r0", "c1", true, s_time, null, 7, 7, 7));
        Assert.Equal(
        [
            "kadalu_fsd_heal_crawls_running{group=\"r0\",unit=\"c0\"} 1",
            "kadalu_fsd_heal_crawls_running{group=\"r0\",unit=\"c1\"} 1",
            "kadalu_fsd_heal_crawl_ended_timestamp_seconds{group=\"r0\",unit=\"c0\"} 1005",
            "kadalu_fsd_heal_crawl_entries{group=\"r0\",unit=\"c0\",result=\"healed\"} 1",
            "kadalu_fsd_heal_crawl_entries{group=\"r0\",unit=\"c0\",result=\"split-brain\"} 2",
            "kadalu_fsd_heal_crawl_entries{group=\"r0\",unit=\"c0\",result=\"failed\"} 3",
        ], lines);
    }

    [Fact]
    public void Names_are_written_so_that_they_stay_names() => Assert.Contains(
        "kadalu_fsd_heal_crawls_running{group=\"a\\\"b\",unit=\"c\\\\d\"} 0",
        Write(new HealCrawl("a\"b", "c\\d", false, s_time, s_time, 0, 0, 0)));

    [Fact]
    public void Before_the_first_search_there_are_no_figures_of_any() => Assert.Empty(Write());

    private static string[] Write(params HealCrawl[] crawls)
    {
        var text = new MetricsText();
        HealMetrics.WriteCrawls(text, crawls);
        return [.. text.ToString().Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];
    }
}
