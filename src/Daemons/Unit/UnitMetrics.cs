using KadaluFsd.Contract;
using KadaluFsd.Control;
using KadaluFsd.Linux;
using KadaluFsd.Native;
using KadaluFsd.Serving.Volfiles;

namespace KadaluFsd.Daemons.Unit;

/// <summary>What a unit's metrics are made of.</summary>
/// <param name="Status">The unit's state.</param>
/// <param name="IsReady">Whether new clients can be served.</param>
/// <param name="IsGraphDown">Whether the graph says that it cannot serve.</param>
/// <param name="Connections">Connections of the graph's server.</param>
/// <param name="Operations">File operations by kind.</param>
/// <param name="BytesServed">Bytes of files that clients have read and written; null where the graph does not count them.</param>
/// <param name="NativeBytes">Memory that native code has allocated.</param>
internal sealed record UnitFigures(
    UnitStatus Status, bool IsReady, bool IsGraphDown, GraphConnectionCounts Connections, OperationCount[] Operations,
    (long Read, long Written)? BytesServed, VolfileCounters Volfiles, long NativeBytes);

/// <summary>A unit's metrics. They are taken when they are asked for; nothing is kept in between.</summary>
internal static class UnitMetrics
{
    private static readonly string[] s_problems =
    [
        HealthCodes.DiskFull, HealthCodes.InodesExhausted, HealthCodes.ReadOnly, HealthCodes.DirectoryMissing,
        HealthCodes.WrongFileSystem, HealthCodes.WrongVolume,
        HealthCodes.InputOutput, HealthCodes.Timeout, HealthCodes.DescriptorsExhausted, HealthCodes.MemoryExhausted,
        HealthCodes.GraphDown,
    ];

    /// <summary>Takes and writes all metrics of a unit.</summary>
    internal static string Write(RunningUnit unit) => Write(new UnitFigures(
        UnitStatusReader.Read(unit), UnitState.Of(unit).IsReady, unit.Side.IsGraphDown, unit.Context.CountConnections(),
        unit.Context.GetOperationCounts(), unit.Context.GetBytesServed(), unit.Volfiles.Counters, GlusterContext.NativeBytes));

    /// <summary>Writes all metrics. docs/reference/metrics.md is made of what comes out.</summary>
    internal static string Write(UnitFigures figures)
    {
        var text = new MetricsText();
        WriteUnit(text, figures);
        WriteConnections(text, figures.Connections);
        WriteHealth(text, figures.Status, figures.IsGraphDown);
        WriteDisk(text, figures.Status);
        WriteFileOperations(text, figures);
        WriteVolfiles(text, figures.Status, figures.Volfiles);
        return text.ToString();
    }

    private static void WriteUnit(MetricsText text, UnitFigures figures)
    {
        UnitStatus now = figures.Status;
        text.AddProcess(
            now.Version, now.GlusterFsVersion, now.UptimeSeconds, now.Starts, now.ResidentBytes, figures.NativeBytes,
            now.SuppressedLogLines);
        text.Gauge("unit_info", "Which unit this is, as commands name it, and on which machine; always 1.", (
            $"pool=\"{MetricsText.Escape(now.Definition?.Pool ?? "")}\"," +
            $"unit=\"{MetricsText.Escape(Path.GetFileNameWithoutExtension(now.Volfile))}\"," +
            $"node=\"{MetricsText.Escape(Environment.MachineName)}\"," +
            $"directory=\"{MetricsText.Escape(now.Directory)}\"", 1));
        if (now.Definition is { } definition)
        {
            text.Gauge(
                "pool_definition_revision",
                "How often the pool's definition had been changed when the running volfile was made of it.",
                ($"pool=\"{definition.Pool}\",digest=\"{definition.Digest}\"", definition.Revision));
        }

        text.Gauge("ready", "1 when new clients can be served.", ("", figures.IsReady ? 1 : 0));
        text.Gauge("clients", "Clients that are connected to the graph.", ("", now.Clients));
    }

    private static void WriteConnections(MetricsText text, GraphConnectionCounts counts)
    {
        text.Gauge("connections", "Connections of the graph's server, those in the handshake included.", ("", counts.Open));
        text.Gauge("handshaking_connections", "Connections whose client is not authenticated yet.", ("", counts.Handshakes));
        text.Counter("connections_refused_total", "Connections that the graph's server did not get, or did not keep, by reason.",
            ("reason=\"too-many\"", counts.RefusedTotal), ("reason=\"too-many-of-address\"", counts.RefusedPerAddress),
            ("reason=\"handshake-timeout\"", counts.ClosedLate),
            ("reason=\"too-many-handshakes\"", counts.ClosedForOthers), ("reason=\"record-too-long\"", counts.RefusedRecords));
        text.Gauge("open_descriptors", "File descriptors that the process has open.", ("", DescriptorTable.Count()));
        text.Gauge("max_descriptors", "File descriptors that the process may have open.", ("", DescriptorTable.RaiseLimit()));
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
            "health_check_last_duration_seconds", "How long the last check of the unit's directory took.",
            ("", health.CheckSeconds));
        text.Gauge(
            "health_check_max_duration_seconds", "How long the slowest check of the unit's directory took.",
            ("", health.SlowestCheckSeconds));
        text.Gauge(
            "pending_heals", "Files and directories that wait for the self-heal daemon, by kind of heal.",
            [.. now.PendingHeals.Select(pair => (MetricsText.Kind(pair.Key), (double)pair.Value))]);
    }

    private static void WriteDisk(MetricsText text, UnitStatus now)
    {
        if (now.FileSystem is { } fileSystem)
        {
            text.Gauge("filesystem_size_bytes", "Size of the unit's file system.", ("", fileSystem.SizeBytes));
            text.Gauge("filesystem_free_bytes", "Free space in the unit's file system.", ("", fileSystem.FreeBytes));
            text.Gauge(
                "filesystem_available_bytes", "Free space in the unit's file system for users other than root.",
                ("", fileSystem.AvailableBytes));
            text.Gauge("filesystem_inodes", "Inodes of the unit's file system.", ("", fileSystem.Inodes));
            text.Gauge("filesystem_free_inodes", "Free inodes of the unit's file system.", ("", fileSystem.FreeInodes));
            text.Gauge(
                "filesystem_readonly", "1 when the unit's file system is mounted read-only.",
                ("", fileSystem.IsReadOnly ? 1 : 0));
        }
    }

    private static void WriteFileOperations(MetricsText text, UnitFigures figures)
    {
        OperationCount[] counts = figures.Operations;
        text.Gauge(
            "operations_in_progress", "File operations that have not been answered.",
            ("", figures.Status.OperationsInProgress));
        text.Counter(
            "file_operations_total", "File operations that clients asked for.",
            [.. counts.Select(count => (Operation(count), (double)count.Calls))]);
        text.Counter(
            "file_operation_failures_total", "File operations that failed.",
            [.. counts.Select(count => (Operation(count), (double)count.Failures))]);
        text.Family("summary", "file_operation_duration_seconds", "How long file operations took.",
            [.. counts.SelectMany(
                count => new[] { ("_sum", Operation(count), count.Seconds), ("_count", Operation(count), count.Timed) })]);
        text.Gauge(
            "file_operation_max_duration_seconds", "How long the slowest file operation took.",
            [.. counts.Select(count => (Operation(count), count.SlowestSeconds))]);
        if (figures.BytesServed is { } bytes)
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
            "volfile_outdated_clients", "Volfile connections whose client holds an older volfile than is served now.",
            ("", now.OutdatedClients));
        text.Counter("volfile_fetches_total", "Volfile fetches by result.",
            ("result=\"given\"", counters.Given), ("result=\"missing\"", counters.Missing),
            ("result=\"denied\"", counters.Denied), ("result=\"illegal\"", counters.Illegal));
        text.Counter(
            "volfile_notifications_total", "Notifications of volfile connections about a changed volfile.",
            ("", counters.Notified));
    }

    private static string Operation(OperationCount count) => $"operation=\"{MetricsText.Lower(count.Kind)}\"";
}
