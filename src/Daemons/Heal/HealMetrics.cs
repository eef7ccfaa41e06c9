using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Native;

namespace KadaluFsd.Daemons.Heal;

/// <summary>A self-heal daemon's metrics. They are taken when they are asked for; nothing is kept in between.</summary>
internal static class HealMetrics
{
    /// <summary>Takes and writes all metrics of a self-heal daemon.</summary>
    internal static string Write(RunningHealDaemon daemon) =>
        Write(HealDaemonStatusReader.Read(daemon), daemon.Context.GetHealCrawls(), GlusterContext.NativeBytes);

    /// <summary>Writes all metrics. docs/reference/metrics.md is made of what comes out.</summary>
    internal static string Write(HealDaemonStatus now, HealCrawl[] crawls, long nativeBytes)
    {
        var text = new MetricsText();
        text.AddProcess(
            now.Version, now.GlusterFsVersion, now.UptimeSeconds, now.Starts, now.ResidentBytes, nativeBytes,
            now.SuppressedLogLines);
        text.Gauge("ready", "1 when all units are connected.", ("", now.Reasons.Length == 0 ? 1 : 0));
        text.Gauge(
            "heal_unit_connected", "1 for each storage unit that is connected.",
            [.. now.HealedUnits.Select(unit => (Unit(unit.Group, unit.Volume), unit.IsConnected ? 1.0 : 0))]);
        text.Gauge(
            "heal_directories_to_compare",
            "Directories that are still to be compared on all units: ones that were healed, or were being changed when a unit " +
            "ended.", ("", now.ToCompare));
        WriteCrawls(text, crawls);
        return text.ToString();
    }

    /// <summary>Writes the metrics of crawls. GlusterFS keeps the latest ones only: none of these can be a counter.</summary>
    internal static void WriteCrawls(MetricsText text, HealCrawl[] crawls)
    {
        HealCrawl[][] units = [.. crawls.GroupBy(crawl => (crawl.Group, crawl.Unit)).Select(unit => unit.ToArray())];
        HealCrawl[] latest =
            [.. units.Select(unit => unit.Where(crawl => crawl.Ended is not null).MaxBy(crawl => crawl.Ended))
                .OfType<HealCrawl>()];
        text.Gauge(
            "heal_crawls_running", "Crawls for what needs healing that are running.",
            [.. units.Select(unit => (Unit(unit[0].Group, unit[0].Unit), (double)unit.Count(crawl => crawl.Ended is null)))]);
        text.Gauge("heal_crawl_ended_timestamp_seconds", "When the latest crawl ended.",
            [.. latest.Select(
                crawl => (Unit(crawl.Group, crawl.Unit), (double)new DateTimeOffset(crawl.Ended!.Value).ToUnixTimeSeconds()))]);
        text.Gauge("heal_crawl_entries", "What the latest crawl found, by result.",
        [
            .. latest.SelectMany(
                crawl => new[] { ("healed", crawl.Healed), ("split-brain", crawl.SplitBrain), ("failed", crawl.Failed) },
                (crawl, found) => ($"{Unit(crawl.Group, crawl.Unit)},result=\"{found.Item1}\"", (double)found.Item2)),
        ]);
    }

    private static string Unit(string group, string unit) =>
        $"group=\"{MetricsText.Escape(group)}\",unit=\"{MetricsText.Escape(unit)}\"";
}
