using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KadaluFsd.Fsd.Control;
using KadaluFsd.Fsd.Unit;

namespace KadaluFsd.Fsd.Cli;

/// <summary>The commands that ask a running unit: <c>kadalu-fsd status</c>, <c>clients</c>, <c>volfiles</c> and <c>reload</c>.</summary>
internal static class ControlCommand
{
    private const string Directory = "/run/kadalu";

    /// <summary>Builds the commands.</summary>
    /// <returns>The commands.</returns>
    internal static IEnumerable<Command> Create() =>
    [
        Create("status", "How a unit is.", "GET", "/v1/status", json => Describe(JsonSerializer.Deserialize(json, ControlJson.Default.UnitStatus)!)),
        Create("clients", "Who has fetched volfiles from a unit and is connected, and what each holds.", "GET", "/v1/clients", json => Describe(JsonSerializer.Deserialize(json, ControlJson.Default.ConnectedClientArray)!)),
        Create("volfiles", "Which volfiles a unit serves, and how many clients hold them.", "GET", "/v1/volfiles", json => Describe(JsonSerializer.Deserialize(json, ControlJson.Default.ServedVolfileArray)!)),
        Create("reload", "Have a unit read everything again.", "POST", "/v1/reload", json => Describe(JsonSerializer.Deserialize(json, ControlJson.Default.ReloadResult)!)),
    ];

    /// <summary>Where the control socket of a unit is.</summary>
    /// <param name="unit">The unit's name, or a path.</param>
    /// <returns>The path.</returns>
    internal static string SocketOf(string unit) =>
        unit.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(unit) : Path.Combine(Directory, unit + ".control.sock");

    private static Command Create(string name, string description, string method, string path, Func<string, string> describe)
    {
        var unit = new Argument<string>("UNIT") { Description = $"The unit's name, for the socket in {Directory}, or the path of its control socket." };
        var json = new Option<bool>("--json") { Description = "Print what the unit says, for programs." };
        var command = new Command(name, description) { unit, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            string answer = await ControlClient.AskAsync(SocketOf(parsed.GetValue(unit)!), method, path, cancellation);
            await Console.Out.WriteAsync(parsed.GetValue(json) ? answer : describe(answer));
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static string Describe(UnitStatus status)
    {
        var text = new StringBuilder();
        void Add(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"{name,-12}{value}\n");
        Add("state", status.Reasons.Length == 0 ? status.State : $"{status.State}: {string.Join("; ", status.Reasons)}");
        Add("directory", $"{status.Directory} (volume {status.VolumeId})");
        Add("volfile", status.Volfile);
        Add("port", status.PoolPort is { } poolPort ? $"{status.Port}, pool port {poolPort}" : $"{status.Port}");
        Add("process", $"{status.ProcessId}, up {TimeSpan.FromSeconds(Math.Floor(status.UptimeSeconds)):c}, {Size(status.ResidentBytes)} in memory");
        Add("versions", $"kadalu-fsd {status.Version}, GlusterFS {status.GlusterFsVersion}");
        Add("in progress", $"{status.OperationsInProgress} operations, {status.VolfileConnections} volfile connections");
        if (status.FileSystem is { } disk)
        {
            Add("disk", $"{Size(disk.AvailableBytes)} of {Size(disk.SizeBytes)} available, {disk.FreeInodes} of {disk.Inodes} inodes free{(disk.IsReadOnly ? ", read-only" : "")}");
        }

        return text.ToString();
    }

    private static string Describe(ConnectedClient[] clients) => Table(
        ["CLIENT", "SINCE", "VOLFILE", "SHA-256", "CURRENT"],
        clients.SelectMany(client => client.Volfiles.DefaultIfEmpty(), (client, volfile) => new[]
        {
            client.Address, client.ConnectedAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), volfile?.Key ?? "-", volfile?.Sha256[..16] ?? "-",
            volfile is null ? "-" : volfile.IsCurrent ? "yes" : "no",
        }));

    private static string Describe(ServedVolfile[] volfiles) => Table(
        ["VOLFILE", "BYTES", "SHA-256", "CLIENTS", "OUTDATED"],
        volfiles.Select(volfile => new[]
        {
            volfile.Key, volfile.Bytes.ToString(CultureInfo.InvariantCulture), volfile.Sha256[..16], volfile.Clients.ToString(CultureInfo.InvariantCulture),
            volfile.OutdatedClients.ToString(CultureInfo.InvariantCulture),
        }));

    private static string Describe(ReloadResult result) => result.Reason is null ? $"{result.Graph}\n" : $"{result.Graph}: {result.Reason}\n";

    private static string Table(string[] heads, IEnumerable<string[]> rows)
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

    private static string Size(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }
}
