using System.Globalization;
using System.Text;
using KadaluFsd.Contract;

namespace KadaluFsd.Fsd.Cli;

/// <summary>What a unit says, for people.</summary>
internal static class ControlText
{
    private const int MemoryKindsShown = 3;

    /// <summary>How a unit is.</summary>
    /// <param name="status">What it says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(UnitStatus status)
    {
        var text = new StringBuilder();
        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-14}{value}\n");
        Add("state", status.Reasons.Length == 0 ? status.State : $"{status.State}: {string.Join("; ", status.Reasons)}");
        Add("directory", $"{status.Directory} (volume {status.VolumeId})");
        Add("volfile", status.Volfile);
        Add("graph", string.Join(" > ", status.Graph.Select(translator => translator.Type)));
        Add("port", status.PoolPort is { } poolPort ? $"{status.Port}, pool port {poolPort}" : $"{status.Port}");
        Add("process", Process(status.ProcessId, status.UptimeSeconds, status.Starts, status.ResidentBytes));
        if (status.PreviousRun is { } run)
        {
            Add("run before", Run(run));
        }

        Add("versions", $"kadalu-fsd {status.Version}, GlusterFS {status.GlusterFsVersion}");
        Add("clients", $"{status.Clients}, and {status.VolfileConnections} volfile connections");
        Add("in progress", $"{status.OperationsInProgress} operations");
        Add("to be healed", string.Join(", ", status.PendingHeals.Select(pair => $"{pair.Value} {pair.Key}")));
        AddPending(status.PendingChanges, Add);
        Add("log", status.HeldBackLogLines > 0 ? $"{status.LogLevel}, {status.HeldBackLogLines} lines held back" : status.LogLevel);
        if (status.FileSystem is { } disk)
        {
            Add("disk", $"{Size(disk.AvailableBytes)} of {Size(disk.SizeBytes)} available, {disk.FreeInodes} of {disk.Inodes} inodes free{(disk.IsReadOnly ? ", read-only" : "")}");
        }

        if (status.Health.CheckedAt is { } at)
        {
            Add("health", string.Create(CultureInfo.InvariantCulture, $"looked at {Time(at)}, took {status.Health.LookSeconds * 1000:0.0} ms, at most {status.Health.SlowestLookSeconds * 1000:0.0} ms so far"));
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

    /// <summary>How a self-heal daemon is.</summary>
    /// <param name="status">What it says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(HealDaemonStatus status)
    {
        var text = new StringBuilder();
        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-14}{value}\n");
        Add("state", status.Reasons.Length == 0 ? status.State : $"{status.State}: {string.Join("; ", status.Reasons)}");
        Add("volfile", status.Volfile);
        Add("process", Process(status.ProcessId, status.UptimeSeconds, status.Starts, status.ResidentBytes));
        if (status.PreviousRun is { } run)
        {
            Add("run before", Run(run));
        }

        Add("versions", $"kadalu-fsd {status.Version}, GlusterFS {status.GlusterFsVersion}");
        if (status.ToCompare > 0)
        {
            Add("to compare", $"{status.ToCompare} directories");
        }

        AddPending(status.PendingChanges, Add);
        Add("log", status.HeldBackLogLines > 0 ? $"{status.LogLevel}, {status.HeldBackLogLines} lines held back" : status.LogLevel);
        return text.Append('\n').Append(Table(
            ["UNIT", "GROUP", "CONNECTED"], status.HealedUnits.Select(unit => new[] { $"{unit.Host}:{unit.Path}", unit.Group, unit.IsConnected ? "yes" : "no" }))).ToString();
    }

    /// <summary>Who is connected.</summary>
    /// <param name="report">What the unit says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(ClientReport report) =>
        Table(
            ["CLIENT", "PROCESS", "VERSION", "SUBDIR", "SINCE", "RECEIVED", "SENT", "VOLFILE", "CURRENT"],
            report.Data.Select(client => new[]
            {
                client.Address, $"{client.Process} {ProcessIdOf(client.Id)}".Trim(), client.Version, client.Subdirectory.Length > 0 ? client.Subdirectory : "-", Time(client.ConnectedAt),
                Size(client.BytesReceived), Size(client.BytesSent), client.VolfileKey.Length > 0 ? client.VolfileKey : "-", Current(client.Volfile),
            })) + "\n" +
        Table(
            ["VOLFILE CONNECTION", "SINCE", "VOLFILE", "SHA-256", "CURRENT"],
            report.Volfile.SelectMany(client => client.Volfiles.Cast<HeldByClient?>().DefaultIfEmpty(), (client, volfile) => new[]
            {
                client.Address, Time(client.ConnectedAt), volfile?.Key ?? "-", volfile?.Sha256[..16] ?? "-", Current(volfile),
            }));

    /// <summary>Which volfiles are served.</summary>
    /// <param name="volfiles">What the unit says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(ServedVolfile[] volfiles) => Table(
        ["VOLFILE", "BYTES", "SHA-256", "CLIENTS", "OUTDATED"],
        volfiles.Select(volfile => new[] { volfile.Key, Number(volfile.Bytes), volfile.Sha256[..16], Number(volfile.Clients), Number(volfile.OutdatedClients) }));

    /// <summary>What clients ask for.</summary>
    /// <param name="report">What the unit says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(OperationReport report) =>
        Table(
            ["OPERATION", "CALLS", "FAILED", "MEAN ms", "SLOWEST ms"],
            report.Kinds.OrderByDescending(kind => kind.Calls).Select(kind => new[]
            {
                kind.Kind, Number(kind.Calls), Number(kind.Failures), Milliseconds(kind.Timed > 0 ? kind.Seconds / kind.Timed : 0), Milliseconds(kind.SlowestSeconds),
            })) + "\n" + InProgress("IN PROGRESS", report.InProgress) + "\n" +
        InProgress("SLOW", report.Slowest.Select(slow => slow.Operation));

    /// <summary>Operations with where they are and whose.</summary>
    /// <param name="head">What they are.</param>
    /// <param name="operations">The operations.</param>
    /// <returns>The text.</returns>
    internal static string InProgress(string head, IEnumerable<OperationInProgress> operations) => Table(
        [head, "SECONDS", "AT", "CLIENT", "USER", "PROCESS"],
        operations.OrderByDescending(operation => operation.Seconds).Select(operation => new[]
        {
            operation.Kind, operation.Seconds.ToString("0.000", CultureInfo.InvariantCulture), operation.Translator ?? "-", operation.Client, Number(operation.User), Number(operation.Process),
        }));

    /// <summary>What takes memory.</summary>
    /// <param name="report">What the unit says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(MemoryReport report) =>
        $"{Size(report.ResidentBytes)} in RAM, {Size(report.ManagedBytes)} managed, {Size(report.NativeBytes)} native\n\n" +
        Table(
            ["VOLUME", "PIECES", "MOSTLY"],
            report.Translators.OrderByDescending(translator => translator.Allocations).Select(translator => new[]
            {
                translator.Volume, Number(translator.Allocations), string.Join(", ", translator.Kinds.OrderByDescending(kind => kind.Value).Take(MemoryKindsShown).Select(kind => $"{kind.Value} {kind.Key}")),
            }));

    /// <summary>The options of translators.</summary>
    /// <param name="options">What the unit says.</param>
    /// <param name="volume">The one that is of interest; null for all.</param>
    /// <returns>The text.</returns>
    internal static string Describe(OptionValue[] options, string? volume) => Table(
        ["VOLUME", "OPTION", "VALUE", "DEFAULT", "TYPE", "LIVE"],
        options.Where(option => volume is null || option.Volume == volume).Select(option => new[]
        {
            option.Volume, option.Name, option.Value ?? "-", option.DefaultValue ?? "-", option.Type, !option.CanBeSet ? "no" : option.IsSetLive ? "set" : "yes",
        }));

    /// <summary>What came of a reload.</summary>
    /// <param name="result">What the unit says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(ReloadResult result) => result.Reason is null ? $"{result.Graph}\n" : $"{result.Graph}: {result.Reason}\n";

    /// <summary>What came of putting a volfile.</summary>
    /// <param name="result">What the unit says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(PutVolfile result) =>
        $"{result.Key}: {(result.IsChanged ? "changed" : "as before")}, {result.Bytes} bytes, sha256 {result.Sha256}\n" +
        (result.IsOwn ? Describe(new ReloadResult($"this unit: {result.Graph}", result.Reason)) : "");

    /// <summary>How a unit is going to end.</summary>
    /// <param name="answer">What the unit says.</param>
    /// <returns>The text.</returns>
    internal static string Describe(StopAnswer answer) =>
        string.Create(CultureInfo.InvariantCulture, $"{answer.State}: {answer.Clients} clients, at most {answer.TimeoutSeconds} s\n");

    /// <summary>A table with heads.</summary>
    /// <param name="heads">The heads.</param>
    /// <param name="rows">The rows, as wide as the heads.</param>
    /// <returns>The text.</returns>
    internal static string Table(string[] heads, IEnumerable<string[]> rows)
    {
        string[][] all = [heads, .. rows];
        int[] widths = [.. heads.Select((_, column) => all.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in all)
        {
            text.Append(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A number of bytes.</summary>
    /// <param name="bytes">The number.</param>
    /// <returns>It, with a unit.</returns>
    internal static string Size(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }

    /// <summary>A time span, in whole seconds.</summary>
    /// <param name="seconds">Its length.</param>
    /// <returns>Days, hours, minutes and seconds.</returns>
    internal static string Duration(double seconds) => TimeSpan.FromSeconds(Math.Floor(seconds)).ToString("c", CultureInfo.InvariantCulture);

    /// <summary>A time span in milliseconds.</summary>
    /// <param name="seconds">Its length.</param>
    /// <returns>It, without a unit.</returns>
    internal static string Milliseconds(double seconds) => (seconds * 1000).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Process(int id, double uptimeSeconds, int starts, long residentBytes) => $"{id}, up {Duration(uptimeSeconds)}, start {starts}, {Size(residentBytes)} in memory";

    private static string Run(ProcessRun run) => run.EndedAt is { } end
        ? $"{Time(run.StartedAt)} to {Time(end)}, exit code {run.ExitCode}"
        : $"{Time(run.StartedAt)}, {(run.LastWords is null ? "ended without a word" : "crashed")}";

    // CTX_ID:…-GRAPH_ID:…-PID:1234-HOST:…
    private static string ProcessIdOf(string id)
    {
        const string Mark = "-PID:";
        int start = id.IndexOf(Mark, StringComparison.Ordinal);
        int end = start < 0 ? -1 : id.IndexOf('-', start + Mark.Length);
        return end < 0 ? "" : id[(start + Mark.Length)..end];
    }

    private static string Current(HeldByClient? volfile) => volfile is null ? "-" : volfile.IsCurrent ? "yes" : "no";

    /// <summary>A number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>It, in digits.</returns>
    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A moment.</summary>
    /// <param name="time">When, UTC.</param>
    /// <returns>It, to the second.</returns>
    internal static string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
