using System.Globalization;
using System.Text;
using KadaluFsd.Fsd.Volfiles;

namespace KadaluFsd.Fsd.Control;

/// <summary>
/// A unit's figures in Prometheus's text format, version 0.0.4. Taken when they are asked for; nothing is kept in between. Written here
/// because a client library brings an HTTP client and regular expressions along: two megabytes of every unit's memory for what follows.
/// </summary>
/// <param name="status">How the unit is, now.</param>
/// <param name="counters">What has happened to its volfiles.</param>
internal sealed class UnitMetrics(Func<UnitStatus> status, VolfileCounters counters)
{
    /// <summary>The format's media type.</summary>
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all figures.</summary>
    /// <returns>The text.</returns>
    internal string Write()
    {
        UnitStatus now = status();
        var text = new StringBuilder();
        Gauge(text, "info", "Versions; always 1.", ($"version=\"{now.Version}\",glusterfs_version=\"{now.GlusterFsVersion}\"", 1));
        Gauge(text, "ready", "1 when clients can be served, 0 when the graph is down.", ("", now.Reasons.Length == 0 ? 1 : 0));
        Gauge(text, "uptime_seconds", "For how long clients could be served.", ("", now.UptimeSeconds));
        Gauge(text, "operations_in_progress", "File operations that have not been answered.", ("", now.OperationsInProgress));
        Gauge(text, "volfile_connections", "Connections on which volfiles are served.", ("", now.VolfileConnections));
        Gauge(text, "resident_memory_bytes", "Memory of the process in RAM.", ("", now.ResidentBytes));
        Gauge(text, "managed_memory_bytes", "Memory of the managed heap.", ("", GC.GetTotalMemory(forceFullCollection: false)));
        if (now.FileSystem is { } fileSystem)
        {
            Gauge(
                text, "filesystem_bytes", "Space in the unit's file system; available is what others than root can have.",
                (Kind("size"), fileSystem.SizeBytes), (Kind("free"), fileSystem.FreeBytes), (Kind("available"), fileSystem.AvailableBytes));
            Gauge(text, "filesystem_inodes", "Inodes of the unit's file system.", (Kind("total"), fileSystem.Inodes), (Kind("free"), fileSystem.FreeInodes));
            Gauge(text, "filesystem_readonly", "1 when the unit's file system is mounted read-only.", ("", fileSystem.IsReadOnly ? 1 : 0));
        }

        Family(
            text, "counter", "volfile_fetches_total", "Volfile fetches by result.",
            ("result=\"given\"", counters.Given), ("result=\"missing\"", counters.Missing), ("result=\"denied\"", counters.Denied), ("result=\"illegal\"", counters.Illegal));
        Family(text, "counter", "volfile_notifications_total", "Connections told that a volfile has changed.", ("", counters.Notified));
        return text.ToString();
    }

    private static string Kind(string kind) => $"kind=\"{kind}\"";

    private static void Gauge(StringBuilder text, string name, string help, params ReadOnlySpan<(string Labels, double Value)> samples) =>
        Family(text, "gauge", name, help, samples);

    // No label here holds anything that would have to be escaped.
    private static void Family(StringBuilder text, string type, string name, string help, params ReadOnlySpan<(string Labels, double Value)> samples)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP kadalu_fsd_{name} {help}\n# TYPE kadalu_fsd_{name} {type}\n");
        foreach ((string labels, double value) in samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"kadalu_fsd_{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");
        }
    }
}
