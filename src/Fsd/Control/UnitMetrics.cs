using System.Globalization;
using System.Text;
using KadaluFsd.Fsd.Health;
using KadaluFsd.Fsd.Volfiles;
using KadaluFsd.Native;

namespace KadaluFsd.Fsd.Control;

/// <summary>
/// A unit's figures in Prometheus's text format, version 0.0.4. Taken when they are asked for; nothing is kept in between. Written here
/// because a client library brings an HTTP client and regular expressions along: two megabytes of every unit's memory for what follows.
/// </summary>
internal static class UnitMetrics
{
    /// <summary>The format's media type.</summary>
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] s_problems =
    [
        HealthCodes.DiskFull, HealthCodes.InodesExhausted, HealthCodes.ReadOnly, HealthCodes.DirectoryMissing, HealthCodes.WrongFileSystem, HealthCodes.WrongVolume,
        HealthCodes.InputOutput, HealthCodes.Timeout, HealthCodes.GraphDown,
    ];

    /// <summary>Writes all figures.</summary>
    /// <param name="unit">The unit.</param>
    /// <returns>The text.</returns>
    internal static string Write(RunningUnit unit)
    {
        var now = UnitStatus.Of(unit);
        var text = new StringBuilder();
        WriteUnit(text, now, UnitState.Of(unit).IsReady);
        WriteHealth(text, now, unit.Targets.IsGraphDown);
        WriteDisk(text, now);
        WriteFileOperations(text, unit.Context);
        WriteVolfiles(text, now, unit.Volfiles.Counters);
        return text.ToString();
    }

    private static void WriteUnit(StringBuilder text, UnitStatus now, bool isReady)
    {
        Gauge(text, "info", "Versions; always 1.", ($"version=\"{now.Version}\",glusterfs_version=\"{now.GlusterFsVersion}\"", 1));
        Gauge(text, "ready", "1 when new clients can be served.", ("", isReady ? 1 : 0));
        Gauge(text, "uptime_seconds", "For how long clients could be served.", ("", now.UptimeSeconds));
        Counter(text, "starts_total", "How often the unit was started since its history began.", ("", now.Starts));
        Gauge(text, "clients", "Clients that are connected to the graph.", ("", now.Clients));
        Gauge(text, "resident_memory_bytes", "Memory of the process in RAM.", ("", now.ResidentBytes));
        Gauge(text, "managed_memory_bytes", "Memory of the managed heap.", ("", GC.GetTotalMemory(forceFullCollection: false)));
        Gauge(text, "native_memory_bytes", "Memory that native code has allocated.", ("", GlusterContext.NativeBytes));
        Counter(text, "log_lines_held_back_total", "Log lines that were not written because one place wrote too many.", ("", now.HeldBackLogLines));
    }

    private static void WriteHealth(StringBuilder text, UnitStatus now, bool isGraphDown)
    {
        UnitHealth health = now.Health;
        HashSet<string> found = [.. health.Problems.Select(problem => problem.Code)];
        if (isGraphDown)
        {
            found.Add(HealthCodes.GraphDown);
        }

        Gauge(
            text, "health", "1 for the state that the unit's directory is in.",
            [.. Enum.GetValues<HealthState>().Select(state => ($"state=\"{Lower(state)}\"", state == health.State ? 1.0 : 0))]);
        Gauge(text, "health_problem", "1 for what is wrong with the unit's directory.", [.. s_problems.Select(code => ($"code=\"{code}\"", found.Contains(code) ? 1.0 : 0))]);
        Counter(text, "health_looks_total", "How often the directory was looked at.", ("", health.Looks));
        Counter(text, "health_failed_looks_total", "Looks that found what can be the end.", ("", health.FailedLooks));
        Gauge(text, "health_look_seconds", "How long looks at the directory took.", ("which=\"latest\"", health.LookSeconds), ("which=\"slowest\"", health.SlowestLookSeconds));
        Gauge(text, "pending_heals", "Files that the heal daemon has still to look at.", [.. now.PendingHeals.Select(pair => (Kind(pair.Key), (double)pair.Value))]);
    }

    private static void WriteDisk(StringBuilder text, UnitStatus now)
    {
        if (now.FileSystem is { } fileSystem)
        {
            Gauge(
                text, "filesystem_bytes", "Space in the unit's file system; available is what others than root can have.",
                (Kind("size"), fileSystem.SizeBytes), (Kind("free"), fileSystem.FreeBytes), (Kind("available"), fileSystem.AvailableBytes));
            Gauge(text, "filesystem_inodes", "Inodes of the unit's file system.", (Kind("total"), fileSystem.Inodes), (Kind("free"), fileSystem.FreeInodes));
            Gauge(text, "filesystem_readonly", "1 when the unit's file system is mounted read-only.", ("", fileSystem.IsReadOnly ? 1 : 0));
        }
    }

    private static void WriteFileOperations(StringBuilder text, GlusterContext context)
    {
        OperationCount[] counts = context.GetOperationCounts();
        Gauge(text, "operations_in_progress", "File operations that have not been answered.", ("", context.OperationsInProgress));
        Counter(text, "file_operations_total", "File operations that clients asked for.", [.. counts.Select(count => (Operation(count), (double)count.Calls))]);
        Counter(text, "file_operation_failures_total", "Those that failed.", [.. counts.Select(count => (Operation(count), (double)count.Failures))]);
        Family(
            text, "summary", "file_operation_seconds", "How long they took.",
            [.. counts.SelectMany(count => new[] { ("_sum", Operation(count), count.Seconds), ("_count", Operation(count), count.Timed) })]);
        Gauge(text, "file_operation_slowest_seconds", "How long the slowest took.", [.. counts.Select(count => (Operation(count), count.SlowestSeconds))]);
        if (context.GetBytesServed() is { } bytes)
        {
            Counter(text, "file_bytes_total", "Bytes of files that clients have read and written.", (Kind("read"), bytes.Read), (Kind("written"), bytes.Written));
        }
    }

    private static void WriteVolfiles(StringBuilder text, UnitStatus now, VolfileCounters counters)
    {
        Gauge(text, "volfile_connections", "Connections on which volfiles are served.", ("", now.VolfileConnections));
        Counter(
            text, "volfile_fetches_total", "Volfile fetches by result.",
            ("result=\"given\"", counters.Given), ("result=\"missing\"", counters.Missing), ("result=\"denied\"", counters.Denied), ("result=\"illegal\"", counters.Illegal));
        Counter(text, "volfile_notifications_total", "Connections told that a volfile has changed.", ("", counters.Notified));
    }

    private static string Kind(string kind) => $"kind=\"{kind}\"";

    private static string Operation(OperationCount count) => $"operation=\"{Lower(count.Kind)}\"";

#pragma warning disable CA1308 // Prometheus's names are in lower case.
    private static string Lower(object text) => text.ToString()!.ToLowerInvariant();
#pragma warning restore CA1308

    private static void Gauge(StringBuilder text, string name, string help, params ReadOnlySpan<(string Labels, double Value)> samples) =>
        Family(text, "gauge", name, help, WithoutEnding(samples));

    private static void Counter(StringBuilder text, string name, string help, params ReadOnlySpan<(string Labels, double Value)> samples) =>
        Family(text, "counter", name, help, WithoutEnding(samples));

    private static (string, string, double)[] WithoutEnding(ReadOnlySpan<(string Labels, double Value)> samples)
    {
        var all = new (string, string, double)[samples.Length];
        for (int index = 0; index < all.Length; index++)
        {
            all[index] = ("", samples[index].Labels, samples[index].Value);
        }

        return all;
    }

    // No label here holds anything that would have to be escaped. A family without samples is left out.
    private static void Family(StringBuilder text, string type, string name, string help, (string Ending, string Labels, double Value)[] samples)
    {
        if (samples.Length == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"# HELP kadalu_fsd_{name} {help}\n# TYPE kadalu_fsd_{name} {type}\n");
        foreach ((string ending, string labels, double value) in samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"kadalu_fsd_{name}{ending}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");
        }
    }
}
