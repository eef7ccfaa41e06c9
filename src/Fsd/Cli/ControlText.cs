using System.Globalization;
using System.Text;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;

namespace KadaluFsd.Fsd.Cli;

/// <summary>Answers of control sockets as text.</summary>
internal static class ControlText
{
    private const int MemoryKindsShown = 3;

    internal static string Describe(UnitStatus status)
    {
        var text = new StringBuilder();
        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-14}{value}\n");
        Add("state", status.Reasons.Length == 0 ? status.State : $"{status.State}: {string.Join("; ", status.Reasons)}");
        Add("directory", status.VolumeId is { } volume ? $"{status.Directory} (volume {volume})" : status.Directory);
        Add("volfile", status.Volfile);
        Add("graph", string.Join(" > ", status.Graph.Select(translator => translator.Type)));
        Add("port", status.PoolPort is { } poolPort ? $"{status.Port}, pool port {poolPort}" : $"{status.Port}");
        Add("process", Process(status.ProcessId, status.UptimeSeconds, status.Starts, status.ResidentBytes));
        if (status.PreviousRun is { } run)
        {
            Add("previous run", Run(run));
        }

        Add("versions", $"kadalu-fsd {status.Version}, GlusterFS {status.GlusterFsVersion}");
        Add("clients", $"{status.Clients}, and {status.VolfileConnections} volfile connections");
        Add("in progress", $"{status.OperationsInProgress} operations");
        Add("to be healed", string.Join(", ", status.PendingHeals.Select(pair => $"{pair.Value} {pair.Key}")));
        AddPending(status.PendingChanges, Add);
        Add("log",
            status.SuppressedLogLines > 0 ? $"{status.LogLevel}, {status.SuppressedLogLines} lines suppressed" : status.LogLevel);
        if (status.FileSystem is { } disk)
        {
            Add("disk",
                $"{PlainText.Size(disk.AvailableBytes)} of {PlainText.Size(disk.SizeBytes)} available, {disk.FreeInodes} of " +
                $"{disk.Inodes} inodes " +
                $"free{(disk.IsReadOnly ? ", read-only" : "")}");
        }

        if (status.Health.CheckedAt is { } at)
        {
            Add("health",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"checked {PlainText.Time(at)}, took {status.Health.CheckSeconds * 1000:0.0} ms, at most " +
                    $"{status.Health.SlowestCheckSeconds * 1000:0.0} ms so far"));
        }

        return text.ToString();
    }

    private static void AddPending(IReadOnlyList<string> changes, Action<string, string> add)
    {
        if (changes.Count > 0)
        {
            add("at next start", string.Join(", ", changes));
        }
    }

    internal static string Describe(HealDaemonStatus status)
    {
        var text = new StringBuilder();
        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-14}{value}\n");
        Add("state", status.Reasons.Length == 0 ? status.State : $"{status.State}: {string.Join("; ", status.Reasons)}");
        Add("volfile", status.Volfile);
        Add("process", Process(status.ProcessId, status.UptimeSeconds, status.Starts, status.ResidentBytes));
        if (status.PreviousRun is { } run)
        {
            Add("previous run", Run(run));
        }

        Add("versions", $"kadalu-fsd {status.Version}, GlusterFS {status.GlusterFsVersion}");
        if (status.ToCompare > 0)
        {
            Add("to compare", $"directories: {status.ToCompare}");
        }

        AddPending(status.PendingChanges, Add);
        Add("log",
            status.SuppressedLogLines > 0 ? $"{status.LogLevel}, {status.SuppressedLogLines} lines suppressed" : status.LogLevel);
        return text.Append('\n').Append(PlainText.Table(
            ["UNIT", "GROUP", "CONNECTED"],
            status.HealedUnits.Select(
                unit => new[] { $"{unit.Host}:{unit.Path}", unit.Group, unit.IsConnected ? "yes" : "no" }))).ToString();
    }

    internal static string Describe(ClientReport report) =>
        PlainText.Table(
            ["CLIENT", "PROCESS", "VERSION", "SUBDIR", "SINCE", "RECEIVED", "SENT", "VOLFILE", "CURRENT"],
            report.Data.Select(client => new[]
            {
                client.Address, $"{client.Process} {ProcessIdOf(client.Id)}".Trim(), client.Version,
                client.Subdirectory.Length > 0 ? client.Subdirectory : "-", PlainText.Time(client.ConnectedAt),
                PlainText.Size(client.BytesReceived), PlainText.Size(client.BytesSent),
                client.VolfileKey.Length > 0 ? client.VolfileKey : "-",
                Current(client.Volfile),
            })) + "\n" +
        PlainText.Table(
            ["VOLFILE CONNECTION", "SINCE", "VOLFILE", "SHA-256", "CURRENT"],
            report.Volfile.SelectMany(client => client.Volfiles.Cast<HeldByClient?>().DefaultIfEmpty(), (client, volfile) => new[]
            {
                client.Address, PlainText.Time(client.ConnectedAt), volfile?.Key ?? "-", volfile?.Sha256[..16] ?? "-",
                Current(volfile),
            }));

    internal static string Describe(ServedVolfile[] volfiles) => PlainText.Table(
        ["VOLFILE", "BYTES", "SHA-256", "CLIENTS", "OUTDATED"],
        volfiles.Select(
            volfile =>
                new[] { volfile.Key, PlainText.Number(volfile.Bytes), volfile.Sha256[..16], PlainText.Number(volfile.Clients),
                    PlainText.Number(volfile.OutdatedClients) }));

    internal static string Describe(OperationReport report) =>
        PlainText.Table(
            ["OPERATION", "CALLS", "FAILED", "MEAN ms", "SLOWEST ms"],
            report.Kinds.OrderByDescending(kind => kind.Calls).Select(kind => new[]
            {
                kind.Kind, PlainText.Number(kind.Calls), PlainText.Number(kind.Failures),
                PlainText.Milliseconds(kind.Timed > 0 ? kind.Seconds / kind.Timed : 0),
                PlainText.Milliseconds(kind.SlowestSeconds),
            })) + "\n" + InProgress("IN PROGRESS", report.InProgress) + "\n" +
        InProgress("SLOW", report.Slowest.Select(slow => slow.Operation));

    /// <summary>A table of operations in progress.</summary>
    internal static string InProgress(string head, IEnumerable<OperationInProgress> operations) => PlainText.Table(
        [head, "SECONDS", "AT", "CLIENT", "USER", "PROCESS"],
        operations.OrderByDescending(operation => operation.Seconds).Select(operation => new[]
        {
            operation.Kind, operation.Seconds.ToString("0.000", CultureInfo.InvariantCulture), operation.Translator ?? "-",
            operation.Client, PlainText.Number(operation.User), PlainText.Number(operation.Process),
        }));

    internal static string Describe(MemoryReport report) =>
        $"{PlainText.Size(report.ResidentBytes)} in RAM, {PlainText.Size(report.ManagedBytes)} managed, " +
        $"{PlainText.Size(report.NativeBytes)} native\n\n" +
        PlainText.Table(
            ["VOLUME", "PIECES", "MOSTLY"],
            report.Translators.OrderByDescending(translator => translator.Allocations).Select(translator => new[]
            {
                translator.Volume, PlainText.Number(translator.Allocations),
                string.Join(
                    ", ",
                    translator.Kinds.OrderByDescending(kind => kind.Value)
                    .Take(MemoryKindsShown).Select(kind => $"{kind.Value} {kind.Key}")),
            }));

    /// <param name="volume">The volume to show; null for all.</param>
    internal static string Describe(OptionValue[] options, string? volume) => PlainText.Table(
        ["VOLUME", "OPTION", "VALUE", "DEFAULT", "TYPE", "LIVE"],
        options.Where(option => volume is null || option.Volume == volume).Select(option => new[]
        {
            option.Volume, option.Name, option.Value ?? "-", option.DefaultValue ?? "-", option.Type,
            !option.CanBeSet ? "no" : option.IsSetLive ? "set" : "yes",
        }));

    internal static string Describe(ReloadResult result) =>
        result.Reason is null ? $"{result.Graph}\n" : $"{result.Graph}: {result.Reason}\n";

    internal static string Describe(PutVolfile result) =>
        $"{result.Key}: {(result.IsChanged ? "changed" : "as before")}, {result.Bytes} bytes, sha256 {result.Sha256}\n" +
        (result.IsOwn ? Describe(new ReloadResult($"this unit: {result.Graph}", result.Reason)) : "");

    internal static string Describe(StopAnswer answer) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{answer.State}: {answer.Clients} clients, at most {answer.TimeoutSeconds} s\n");

    private static string Process(int id, double uptimeSeconds, int starts, long residentBytes) =>
        $"{id}, up {PlainText.Duration(uptimeSeconds)}, start {starts}, {PlainText.Size(residentBytes)} in memory";

    private static string Run(ProcessRun run) => run.EndedAt is { } end
        ? $"{PlainText.Time(run.StartedAt)} to {PlainText.Time(end)}, exit code {run.ExitCode}"
        : $"{PlainText.Time(run.StartedAt)}, {(run.CrashReport is null ? "killed" : "crashed")}";

    // CTX_ID:…-GRAPH_ID:…-PID:1234-HOST:…
    private static string ProcessIdOf(string id)
    {
        const string Mark = "-PID:";
        int start = id.IndexOf(Mark, StringComparison.Ordinal);
        int end = start < 0 ? -1 : id.IndexOf('-', start + Mark.Length);
        return end < 0 ? "" : id[(start + Mark.Length)..end];
    }

    private static string Current(HeldByClient? volfile) => volfile is null ? "-" : volfile.IsCurrent ? "yes" : "no";
}
