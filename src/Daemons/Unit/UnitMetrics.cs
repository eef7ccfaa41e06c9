using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Daemons.Unit;

/// <summary>
/// A unit's figures. Taken when they are asked for; nothing is kept in between.
/// </summary>
internal static class UnitMetrics
{
    private static readonly string[] s_problems =
    [
        HealthCodes.DiskFull, HealthCodes.InodesExhausted, HealthCodes.ReadOnly, HealthCodes.DirectoryMissing,
        HealthCodes.WrongFileSystem, HealthCodes.WrongVolume,
        HealthCodes.InputOutput, HealthCodes.Timeout, HealthCodes.DescriptorsExhausted, HealthCodes.MemoryExhausted,
        HealthCodes.GraphDown,
    ];

    /// <summary>Writes all figures.</summary>
    /// <param name="unit">The unit.</param>
    /// <returns>The text.</returns>
    internal static string Write(RunningUnit unit)
    {
        var now = UnitStatusReader.Read(unit);
        var text = new MetricsText();
        WriteUnit(text, now, UnitState.Of(unit).IsReady);
        WriteConnections(text, unit.Context.CountConnections());
        WriteHealth(text, now, unit.Side.IsGraphDown);
        WriteDisk(text, now);
        WriteFileOperations(text, unit.Context);
        WriteVolfiles(text, now, unit.Volfiles.Counters);
        return text.ToString();
    }

    private static void WriteUnit(MetricsText text, UnitStatus now, bool isReady)
    {
        text.AddProcess(
            now.Version, now.GlusterFsVersion, now.UptimeSeconds, now.Starts, now.ResidentBytes, GlusterContext.NativeBytes,
            now.HeldBackLogLines);
        if (now.Definition is { } definition)
        {
            text.Gauge(
                "pool_definition_revision",
                "How often the pool's definition had been changed when the running volfile was made of it.",
                ($"pool=\"{definition.Pool}\",digest=\"{definition.Digest}\"", definition.Revision));
        }

        text.Gauge("ready", "1 when new clients can be served.", ("", isReady ? 1 : 0));
        text.Gauge("clients", "Clients that are connected to the graph.", ("", now.Clients));
    }

    private static void WriteConnections(MetricsText text, GraphConnectionCounts counts)
    {
        text.Gauge("connections", "Connections of the graph's server; handshake are those whose client has not been let in.",
            (MetricsText.Kind("all"), counts.Open), (MetricsText.Kind("handshake"), counts.Handshakes));
        text.Counter("connections_refused_total", "Connections that the graph's server did not get, or did not keep, by reason.",
            ("reason=\"too-many\"", counts.RefusedTotal), ("reason=\"too-many-of-address\"", counts.RefusedPerAddress),
            ("reason=\"handshake-timeout\"", counts.ClosedLate),
            ("reason=\"too-many-handshakes\"", counts.ClosedForOthers), ("reason=\"record-too-long\"", counts.RefusedRecords));
        text.Gauge(
            "descriptors", "Descriptors of the process.", (MetricsText.Kind("used"), DescriptorTable.Count()),
            (MetricsText.Kind("limit"), DescriptorTable.RaiseLimit()));
    }

    private static void WriteHealth(MetricsText text, UnitStatus now, bool isGraphDown)
    {
        UnitHealth health = now.Health;
        HashSet<string> found = [.. health.Problems.Select(problem => problem.Code)];
        if (isGraphDown)
        {
            found.Add(HealthCodes.GraphDown);
        }

        text.Gauge("health", "1 for the state that the unit's directory is in.",
            [.. Enum.GetValues<HealthState>()
                .Select(state => ($"state=\"{MetricsText.Lower(state)}\"", state == health.State ? 1.0 : 0))]);
        text.Gauge(
            "health_problem", "1 for what is wrong with the unit's directory.",
            [.. s_problems.Select(code => ($"code=\"{code}\"", found.Contains(code) ? 1.0 : 0))]);
        text.Counter("health_checks_total", "Checks of the unit's directory.", ("", health.Checks));
        text.Counter("health_check_failures_total", "Checks that found what can end the unit.", ("", health.FailedChecks));
        text.Gauge(
            "health_check_duration_seconds", "How long checks of the directory took.", ("which=\"latest\"", health.CheckSeconds),
            ("which=\"slowest\"", health.SlowestCheckSeconds));
        text.Gauge(
            "pending_heals", "Files that the heal daemon has still to look at.",
            [.. now.PendingHeals.Select(pair => (MetricsText.Kind(pair.Key), (double)pair.Value))]);
    }

    private static void WriteDisk(MetricsText text, UnitStatus now)
    {
        if (now.FileSystem is { } fileSystem)
        {
            text.Gauge("filesystem_bytes", "Space in the unit's file system; available is what others than root can have.",
                (MetricsText.Kind("size"), fileSystem.SizeBytes), (MetricsText.Kind("free"), fileSystem.FreeBytes),
                (MetricsText.Kind("available"), fileSystem.AvailableBytes));
            text.Gauge(
                "filesystem_inodes", "Inodes of the unit's file system.", (MetricsText.Kind("total"), fileSystem.Inodes),
                (MetricsText.Kind("free"), fileSystem.FreeInodes));
            text.Gauge(
                "filesystem_readonly", "1 when the unit's file system is mounted read-only.",
                ("", fileSystem.IsReadOnly ? 1 : 0));
        }
    }

    private static void WriteFileOperations(MetricsText text, GlusterContext context)
    {
        OperationCount[] counts = context.GetOperationCounts();
        text.Gauge("operations_in_progress", "File operations that have not been answered.", ("", context.OperationsInProgress));
        text.Counter(
            "file_operations_total", "File operations that clients asked for.",
            [.. counts.Select(count => (Operation(count), (double)count.Calls))]);
        text.Counter(
            "file_operation_failures_total", "Those that failed.",
            [.. counts.Select(count => (Operation(count), (double)count.Failures))]);
        text.Family("summary", "file_operation_seconds", "How long they took.",
            [.. counts.SelectMany(
                count => new[] { ("_sum", Operation(count), count.Seconds), ("_count", Operation(count), count.Timed) })]);
        text.Gauge(
            "file_operation_slowest_seconds", "How long the slowest took.",
            [.. counts.Select(count => (Operation(count), count.SlowestSeconds))]);
        if (context.GetBytesServed() is { } bytes)
        {
            text.Counter(
                "file_bytes_total", "Bytes of files that clients have read and written.", (MetricsText.Kind("read"), bytes.Read),
                (MetricsText.Kind("written"), bytes.Written));
        }
    }

    private static void WriteVolfiles(MetricsText text, UnitStatus now, VolfileCounters counters)
    {
        text.Gauge("volfile_connections", "Connections on which volfiles are served.", ("", now.VolfileConnections));
        text.Gauge(
            "volfile_outdated_clients", "Those on which an older volfile was fetched than is served now.",
            ("", now.OutdatedClients));
        text.Counter("volfile_fetches_total", "Volfile fetches by result.",
            ("result=\"given\"", counters.Given), ("result=\"missing\"", counters.Missing),
            ("result=\"denied\"", counters.Denied), ("result=\"illegal\"", counters.Illegal));
        text.Counter("volfile_notifications_total", "Connections told that a volfile has changed.", ("", counters.Notified));
    }

    private static string Operation(OperationCount count) => $"operation=\"{MetricsText.Lower(count.Kind)}\"";
}
