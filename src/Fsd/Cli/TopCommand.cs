using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KadaluFsd.CommandLine;
using KadaluFsd.Contract;

namespace KadaluFsd.Fsd.Cli;

/// <summary><c>kadalu-fsd top</c>: what a unit is doing, every few seconds.</summary>
internal static class TopCommand
{
    // ECMA-48: cursor home, erase to the end of the screen.
    private const string Home = "\e[H\e[J";
    private const int OperationsShown = 10;

    internal static Command Create()
    {
        Argument<string> unit = ControlCommand.UnitArgument();
        var interval = new Option<double>("--interval", "-d")
        {
            HelpName = "SECONDS",
            Description = "Time between two reports (default 2).",
            DefaultValueFactory = _ => 2
        };
        var times =
            new Option<int>("--times", "-n") { HelpName = "N", Description = "Number of reports (default: until interrupted)." };
        var command = new Command("top", "Show what a unit is doing, every few seconds.") { unit, interval, times };
        command.SetAction((parsed, cancellation) => RunAsync(
            ControlCommand.SocketOf(parsed.GetValue(unit)!),
            TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(interval), 0.1, 3600)), parsed.GetValue(times), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string socket, TimeSpan interval, int times, CancellationToken cancellation)
    {
        Sample before = await TakeAsync(socket, cancellation);
        for (int time = 0; times == 0 || time < times; time++)
        {
            await Task.Delay(interval, cancellation);
            Sample now = await TakeAsync(socket, cancellation);
            await Console.Out.WriteAsync((Console.IsOutputRedirected ? "" : Home) + Describe(before, now));
            before = now;
        }

        return (int)ExitCode.Success;
    }

    private static async Task<Sample> TakeAsync(string socket, CancellationToken cancellation) => new(
        Stopwatch.GetTimestamp(),
        JsonSerializer.Deserialize(
            await ControlClient.AskAsync(socket, "GET", "/v1/status", default, cancellation), ControlJson.Default.UnitStatus)!,
        JsonSerializer.Deserialize(await ControlClient.AskAsync(socket, "GET", "/v1/operations", default, cancellation),
            ControlJson.Default.OperationReport)!);

    /// <summary>What a unit has done between two samples.</summary>
    /// <param name="before">The earlier one.</param>
    /// <param name="now">The later one.</param>
    /// <returns>The text.</returns>
    internal static string Describe(Sample before, Sample now)
    {
        double seconds = Stopwatch.GetElapsedTime(before.Timestamp, now.Timestamp).TotalSeconds;
        UnitStatus status = now.Status;
        string disk = status.FileSystem is { } system
            ? $", {PlainText.Size(system.AvailableBytes)} of {PlainText.Size(system.SizeBytes)} available" : "";
        string heading =
            $"{status.Directory}: {status.State}{string.Concat(status.Reasons.Select(reason => $"; {reason}"))}\n" +
            $"up {PlainText.Duration(status.UptimeSeconds)}, {status.Clients} clients, {status.OperationsInProgress} in " +
            $"progress, {PlainText.Size(status.ResidentBytes)} in memory{disk}\n\n";
        return heading + PlainText.Table(
            ["OPERATION", "CALLS/s", "FAILED/s", "MEAN ms", "SLOWEST ms"],
            now.Operations.Kinds.Select(
                kind => (Kind: kind, Before: Array.Find(before.Operations.Kinds, other => other.Kind == kind.Kind)))
                .OrderByDescending(pair => pair.Kind.Calls - (pair.Before?.Calls ?? 0))
                    .Select(pair => Row(pair.Kind, pair.Before, seconds))) + "\n" +
            ControlText.InProgress("IN PROGRESS",
                now.Operations.InProgress.OrderByDescending(operation => operation.Seconds).Take(OperationsShown)) + "\n";
    }

    private static string[] Row(OperationCount now, OperationCount? before, double seconds)
    {
        long timed = now.Timed - (before?.Timed ?? 0);
        return
        [
            now.Kind, PerSecond(now.Calls - (before?.Calls ?? 0), seconds),
            PerSecond(now.Failures - (before?.Failures ?? 0), seconds),
            timed > 0 ? PlainText.Milliseconds((now.Seconds - (before?.Seconds ?? 0)) / timed) : "-",
            PlainText.Milliseconds(now.SlowestSeconds),
        ];
    }

    private static string PerSecond(long count, double seconds) =>
        (count / seconds).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>What a unit said at one moment.</summary>
    /// <param name="Timestamp">When, of <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="Status">How it was.</param>
    /// <param name="Operations">What it had done.</param>
    internal sealed record Sample(long Timestamp, UnitStatus Status, OperationReport Operations);
}
